/** The judges of a project: what each is, and whether its verdicts may send work back. */
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import { TableScroll } from "../shared/TableScroll";
import { barValue } from "./figures";
import type { BarCheck, Judge } from "./types";

interface Props {
  judges: Judge[];
  chosen: number | null;
  onChoose: (judge: number) => void;
}

export function JudgeList({ judges, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="judges">
      <header>
        <h2 id="judges">{t("judge.judges")}</h2>
        <span className="meta">{t("judge.judges_note")}</span>
      </header>
      <TableScroll label={t("judge.judges")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("judge.judge")}</th>
              <th scope="col" className="num">
                {t("judge.verdicts")}
              </th>
              <th scope="col">{t("judge.standing")}</th>
              <th scope="col">
                <span className="vh">{t("judge.card")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {judges.map((judge) => (
              <tr key={judge.id}>
                <th scope="row" className="judge-name">
                  <span className="said-by">
                    <Mark of="model" />
                    <bdi>{judge.model.name}</bdi>
                  </span>
                  <span className="meta">
                    <span className="mono">{judge.version.slice(0, 8)}</span>{" "}
                    {t("judge.versions", {
                      rubric: judge.rubric_version,
                      guideline: judge.guideline_version,
                    })}
                    {Object.keys(judge.harshness).length > 0 && ` · ${t("judge.own_harshness")}`}
                  </span>
                </th>
                <td className="num">{formatNumber(judge.verdicts)}</td>
                <td>
                  <Standing judge={judge} />
                </td>
                <td>
                  <Button
                    small
                    className="soft"
                    aria-pressed={judge.id === chosen}
                    aria-label={t("judge.open_card", {
                      model: judge.model.name,
                      version: judge.version.slice(0, 8),
                    })}
                    onClick={() => onChoose(judge.id)}
                  >
                    {t("judge.card")}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </section>
  );
}

/** Whether it binds, and each demand of the bar in words. */
function Standing({ judge }: { judge: Judge }) {
  const { t } = useTranslation();
  return (
    <div className="standing">
      <span className={judge.binds ? "chip pass" : "chip line"}>
        {t(judge.binds ? "rubric.binds" : "rubric.advice")}
      </span>
      {judge.met.length === 0 ? (
        <p className="meta">{t("judge.no_card_yet")}</p>
      ) : (
        <ul className="meta">
          {judge.met.map((check) => (
            <Demand key={check.name} check={check} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Demand({ check }: { check: BarCheck }) {
  const { t } = useTranslation();
  const figures = {
    value: barValue(check),
    at_least: barValue({ name: check.name, value: check.at_least }),
  };
  return (
    <li className="demand">
      <span className={check.is_met ? "pass" : "warn"}>
        <Icon name={check.is_met ? "check" : "x"} small />
      </span>
      <span>
        {t(`judge.bar_${check.name}`)}{" "}
        {t(
          check.value === null ? "judge.not_measured" : check.is_met ? "judge.met" : "judge.not_met",
          figures,
        )}
      </span>
    </li>
  );
}
