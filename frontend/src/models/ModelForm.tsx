/** Add a model or change one. A stored key is never shown; an empty field leaves it as it is. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { addModel, changeModel } from "../api/researcher";
import type { Model, ModelInput, Provider } from "../api/researcher_types";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";

const PROVIDERS: Provider[] = ["openai_compatible", "embedded", "scripted", "replay"];

/** Weights the embedded engine knows, smallest useful first. */
const WEIGHTS = [
  "qwen2.5-coder-0.5b-instruct-q4_k_m",
  "qwen2.5-coder-1.5b-instruct-q4_k_m",
  "smollm2-135m-instruct-q4_1",
];

export function ModelForm({ model, onClose }: { model: Model | null; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [provider, setProvider] = useState<Provider>(model?.provider ?? "openai_compatible");
  const [name, setName] = useState(model?.name ?? "");
  const [remote, setRemote] = useState(model?.model ?? "");
  const [address, setAddress] = useState(model?.base_url ?? "");
  const [key, setKey] = useState("");
  const [prices, setPrices] = useState([
    priceText(model?.price_in_usd_per_million),
    priceText(model?.price_out_usd_per_million),
  ] as const);
  const [params, setParams] = useState(JSON.stringify(model?.params ?? {}, null, 2));
  const parsed = readParams(params);
  const save = useMutation({
    mutationFn: () => {
      const input: ModelInput = {
        name: name.trim(),
        provider,
        model:
          provider === "embedded" && remote === "" ? (WEIGHTS[0] as string) : remote.trim() || name.trim(),
        base_url: provider === "openai_compatible" ? address.trim() : null,
        params: parsed ?? {},
        price_in_usd_per_million: price(prices[0]),
        price_out_usd_per_million: price(prices[1]),
        ...(key === "" ? {} : { api_key: key }),
      };
      return model === null ? addModel(input) : changeModel(model.id, input);
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["models"] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (parsed !== null) save.mutate();
  };
  return (
    <Dialog
      title={t(model === null ? "models.add" : "models.edit_title", { name: model?.name })}
      onClose={onClose}
    >
      <form className="stack" onSubmit={submit}>
        <FormRow label={t("models.provider")} help={t(`models.about_${provider}`)}>
          {(tied) => (
            <select
              className="field"
              {...tied}
              value={provider}
              onChange={(event) => setProvider(event.target.value as Provider)}
            >
              {PROVIDERS.map((each) => (
                <option key={each} value={each}>
                  {t(`models.provider_${each}`)}
                </option>
              ))}
            </select>
          )}
        </FormRow>
        <FormRow label={t("models.name")} help={t("models.name_help")}>
          {(tied) => (
            <input
              className="field"
              {...tied}
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </FormRow>
        {provider === "embedded" ? (
          <FormRow label={t("models.weights")} help={t("models.weights_help")}>
            {(tied) => (
              <select
                className="field"
                {...tied}
                value={remote}
                onChange={(event) => setRemote(event.target.value)}
              >
                {[...new Set([remote, ...WEIGHTS])].filter(Boolean).map((each) => (
                  <option key={each} value={each}>
                    {each}
                  </option>
                ))}
              </select>
            )}
          </FormRow>
        ) : (
          <FormRow label={t("models.model_id")} help={t(`models.model_id_${provider}`)}>
            {(tied) => (
              <input
                className="field mono"
                {...tied}
                required={provider === "openai_compatible"}
                value={remote}
                onChange={(event) => setRemote(event.target.value)}
              />
            )}
          </FormRow>
        )}
        {provider === "openai_compatible" && (
          <>
            <FormRow label={t("models.address")} help={t("models.address_help")}>
              {(tied) => (
                <input
                  className="field mono"
                  type="url"
                  required
                  placeholder="http://127.0.0.1:8080/v1"
                  {...tied}
                  value={address}
                  onChange={(event) => setAddress(event.target.value)}
                />
              )}
            </FormRow>
            <FormRow
              label={t("models.key")}
              help={t(model?.has_api_key ? "models.key_stays" : "models.key_help")}
            >
              {(tied) => (
                <input
                  className="field mono"
                  type="password"
                  autoComplete="off"
                  {...tied}
                  value={key}
                  onChange={(event) => setKey(event.target.value)}
                />
              )}
            </FormRow>
            <div className="two">
              {(["in", "out"] as const).map((side, place) => (
                <FormRow key={side} label={t(`models.price_${side}`)}>
                  {(tied) => (
                    <input
                      className="field"
                      type="number"
                      min="0"
                      step="any"
                      {...tied}
                      value={prices[place]}
                      onChange={(event) =>
                        setPrices(
                          place === 0 ? [event.target.value, prices[1]] : [prices[0], event.target.value],
                        )
                      }
                    />
                  )}
                </FormRow>
              ))}
            </div>
          </>
        )}
        <FormRow
          label={t("models.params")}
          help={t(`models.params_${provider}`)}
          error={parsed === null ? t("models.params_wrong") : null}
        >
          {(tied) => (
            <textarea
              className="field mono"
              rows={4}
              spellCheck={false}
              {...tied}
              value={params}
              onChange={(event) => setParams(event.target.value)}
            />
          )}
        </FormRow>
        <ErrorNote error={save.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" disabled={save.isPending || parsed === null}>
            {t(model === null ? "models.add" : "models.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function priceText(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

function price(text: string): number | null {
  return text === "" ? null : Number(text);
}

function readParams(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
