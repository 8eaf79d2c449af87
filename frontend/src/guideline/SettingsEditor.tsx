/** What a researcher can turn, each with what it does. */
import { useTranslation } from "react-i18next";
import type { Reveal, Settings } from "../api/types";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { faultAt } from "./draft";
import type { EditorProps } from "./GuidelineScreen";

const REVEALS: Reveal[] = ["immediate", "after_choice", "on_request", "never"];

/** Whole numbers with their range. */
const NUMBERS = {
  work: [
    ["overlap", 1, 50],
    ["lease_minutes", 1, 1440],
    ["idle_gap_seconds", 5, 3600],
    ["daily_goal", 1, 100_000],
  ],
  help: [
    ["preselect_at", 0, 1],
    ["holdout_share", 0, 1],
    ["confirm_presses", 1, 2],
  ],
} as const;

const SHARES = new Set(["preselect_at", "holdout_share"]);

export function SettingsEditor({ spec, faults, onChange }: EditorProps) {
  const { t } = useTranslation();
  const settings = spec.settings;
  const set = (changes: Partial<Settings>) => onChange({ settings: { ...settings, ...changes } });
  const number = ([name, low, high]: readonly [keyof Settings & string, number, number]) => (
    <FormRow
      key={name}
      label={t(`builder.setting_${name}`)}
      help={t(`builder.setting_help_${name}`)}
      error={faultAt(faults, `settings.${name}`)}
    >
      {(tied) => (
        <input
          className="field"
          type="number"
          min={low}
          max={high}
          step={SHARES.has(name) ? 0.05 : 1}
          {...tied}
          value={String(settings[name] ?? "")}
          onChange={(event) => set({ [name]: Number(event.target.value) })}
        />
      )}
    </FormRow>
  );
  return (
    <>
      <section className="card box" aria-labelledby="work">
        <h3 id="work" className="q">
          {t("builder.work")}
        </h3>
        <div className="two">{NUMBERS.work.map(number)}</div>
        <Switch isOn={settings.paused} onChange={(paused) => set({ paused })}>
          {t("builder.setting_paused")}
        </Switch>
        <Switch
          isOn={settings.export_unreviewed}
          onChange={(export_unreviewed) => set({ export_unreviewed })}
        >
          {t("builder.setting_export_unreviewed")}
        </Switch>
      </section>
      <section className="card box" aria-labelledby="help">
        <h3 id="help" className="q">
          {t("builder.model_help")}
        </h3>
        <FormRow label={t("builder.setting_reveal")} help={t(`builder.reveal_help_${settings.reveal}`)}>
          {(tied) => (
            <select
              className="field"
              {...tied}
              value={settings.reveal}
              onChange={(event) => set({ reveal: event.target.value as Reveal })}
            >
              {REVEALS.map((reveal) => (
                <option key={reveal} value={reveal}>
                  {t(`builder.reveal_${reveal}`)}
                </option>
              ))}
            </select>
          )}
        </FormRow>
        <div className="two">{NUMBERS.help.map(number)}</div>
        <Switch isOn={settings.show_confidence} onChange={(show_confidence) => set({ show_confidence })}>
          {t("builder.setting_show_confidence")}
        </Switch>
        <FormRow
          label={t("builder.setting_cost_cap_usd")}
          help={t("builder.setting_help_cost_cap_usd")}
          error={faultAt(faults, "settings.cost_cap_usd")}
        >
          {(tied) => (
            <input
              className="field"
              type="number"
              min="0"
              step="any"
              {...tied}
              value={settings.cost_cap_usd ?? ""}
              onChange={(event) =>
                set({ cost_cap_usd: event.target.value === "" ? null : Number(event.target.value) })
              }
            />
          )}
        </FormRow>
      </section>
    </>
  );
}
