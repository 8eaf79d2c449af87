/** Every model that was set up: what it is, what it can do, how right it was, and where it is not useful. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readModels, removeModel, testModel } from "../api/researcher";
import type { Capabilities, Model } from "../api/researcher_types";
import "../locales/researcher";
import { formatUsd } from "../projects/quantities";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import "../shared/researcher.css";
import { TopBar } from "../shared/TopBar";
import { Measured } from "./Measured";
import { ModelForm } from "./ModelForm";
import "./models.css";

export function ModelsScreen() {
  const { t } = useTranslation();
  const models = useQuery({ queryKey: ["models"], queryFn: readModels });
  const [edited, edit] = useState<Model | "new" | null>(null);
  return (
    <div className="app">
      <TopBar />
      <main className="screen" id="main" tabIndex={-1}>
        <div className="inner">
          <div className="row">
            <h1 className="title grow">{t("models.title")}</h1>
            <Button look="primary" icon="plus" onClick={() => edit("new")}>
              {t("models.add")}
            </Button>
          </div>
          <ErrorNote error={models.error} onRetry={() => void models.refetch()} />
          {models.data?.length === 0 && (
            <section className="card">
              <Empty
                title={t("models.none")}
                action={<Button onClick={() => edit("new")}>{t("models.add")}</Button>}
              >
                {t("models.none_why")}
              </Empty>
            </section>
          )}
          {models.data?.map((model) => (
            <ModelCard key={model.id} model={model} onEdit={() => edit(model)} />
          ))}
        </div>
        {edited && <ModelForm model={edited === "new" ? null : edited} onClose={() => edit(null)} />}
      </main>
    </div>
  );
}

function ModelCard({ model, onEdit }: { model: Model; onEdit: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isRemoving, askRemoval] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: ["models"] });
  const test = useMutation({ mutationFn: () => testModel(model.id), onSuccess: refresh });
  return (
    <section className="card" aria-labelledby={`model-${model.id}`}>
      <header>
        <Mark of="model" />
        <h2 id={`model-${model.id}`} dir="auto">
          {model.name}
        </h2>
        <span className="chip line">{t(`models.provider_${model.provider}`)}</span>
        <span className="meta mono">{model.model}</span>
        <span className="grow" />
        <Button small disabled={test.isPending} onClick={() => test.mutate()}>
          {t(test.isPending ? "models.testing" : "models.test")}
        </Button>
        <Button look="quiet" small onClick={onEdit}>
          {t("models.edit")}
        </Button>
        <Button look="quiet" small onClick={() => askRemoval(true)}>
          {t("models.remove")}
        </Button>
      </header>
      <div className="pad">
        <p className="meta">
          {model.base_url && <span className="mono">{model.base_url} </span>}
          {model.provider === "openai_compatible" &&
            t(model.has_api_key ? "models.has_key" : "models.no_key")}{" "}
          {model.price_in_usd_per_million !== null &&
            t("models.prices", {
              in: formatUsd(model.price_in_usd_per_million),
              out: formatUsd(model.price_out_usd_per_million ?? 0),
            })}
        </p>
        {typeof model.card?.text === "string" && (
          <p className="ctl" dir="auto">
            {model.card.text}
          </p>
        )}
        <ErrorNote error={test.error} />
        {model.capabilities ? (
          <Can capabilities={model.capabilities} />
        ) : (
          <p className="meta">{t("models.not_tested")}</p>
        )}
        <Measured card={model.card} />
      </div>
      {isRemoving && <RemoveDialog model={model} onClose={() => askRemoval(false)} onDone={refresh} />}
    </section>
  );
}

/** What the test found out, each thing a model cannot do with its reason. */
function Can({ capabilities }: { capabilities: Capabilities }) {
  const { t } = useTranslation();
  if (!capabilities.reachable)
    return (
      <p className="note redo">
        <Icon name="warning" />
        <span dir="auto">{t("models.unreachable", { reason: capabilities.error ?? "" })}</span>
      </p>
    );
  return (
    <ul className="can" aria-label={t("models.can")}>
      {capabilities.latency_ms !== null && (
        <li className="chip line">
          {t("models.latency", { ms: formatNumber(Math.round(capabilities.latency_ms)) })}
        </li>
      )}
      {(["logprobs", "json_schema", "images", "streaming"] as const).map((name) => (
        <li key={name} className={capabilities[name] ? "chip pass" : "chip"}>
          <Icon name={capabilities[name] ? "check" : "x"} small />
          {t(`models.${capabilities[name] ? "can" : "cannot"}_${name}`)}
          {!capabilities[name] && capabilities.reasons?.[name] && (
            <span className="vh">: {capabilities.reasons[name]}</span>
          )}
        </li>
      ))}
      {!capabilities.logprobs && <li className="meta">{t("models.no_logprobs_means")}</li>}
    </ul>
  );
}

function RemoveDialog({ model, onClose, onDone }: { model: Model; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const [typed, type] = useState("");
  const remove = useMutation({
    mutationFn: () => removeModel(model.id),
    onSuccess: () => {
      onDone();
      onClose();
    },
  });
  return (
    <Dialog
      title={t("models.remove_title", { name: model.name })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            disabled={typed !== model.name || remove.isPending}
            onClick={() => remove.mutate()}
          >
            {t("models.remove")}
          </Button>
        </>
      }
    >
      <p>{t("models.remove_what")}</p>
      <label className="form-row">
        <span className="ctl">{t("models.type_name", { name: model.name })}</span>
        <input
          className="field"
          value={typed}
          autoComplete="off"
          onChange={(event) => type(event.target.value)}
        />
      </label>
      <ErrorNote error={remove.error} />
    </Dialog>
  );
}
