/** A file comes in: drop it, look at its first rows, say which column is what, follow it, read the ledger. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { importFile, previewImport, readImport, readImports, storePicture } from "../api/researcher";
import type { Import, ImportFormat, ImportPreview } from "../api/researcher_types";
import { csrfHeader } from "../api/session";
import "../locales/researcher";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { FileDrop } from "../shared/FileDrop";
import { FormRow } from "../shared/FormRow";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { withAddresses } from "./pictures";
import { formatWhen } from "./quantities";
import "../shared/researcher.css";
import "./import.css";
import { TableScroll } from "../shared/TableScroll";
import { FORMATS, formatOf, isExport, missingFields, TARGETS, targetsOf, turned } from "./import_mapping";
import { useProject } from "./useProject";

const HEAD_BYTES = 256 * 1024;

interface Chosen {
  file: File;
  format: ImportFormat;
  preview: ImportPreview;
}

export function ImportScreen() {
  const { t } = useTranslation();
  const project = useProject();
  const [chosen, choose] = useState<Chosen | null>(null);
  const look = useMutation({
    mutationFn: async ({ file, format }: { file: File; format: ImportFormat }) => {
      // Where its rows are stands at the end of a Parquet file.
      const shown = format === "parquet" ? file : file.slice(0, HEAD_BYTES);
      const preview = await previewImport(project.slug, format, file.name, shown);
      return { file, format, preview };
    },
    onSuccess: choose,
  });
  return (
    <main className="screen" id="main" tabIndex={-1}>
      <div className="inner">
        <h1 className="title">{t("import.title")}</h1>
        <p className="ctl">{t("import.what")}</p>
        <FileDrop
          accept=".jsonl,.ndjson,.json,.csv,.tsv,.txt,.parquet"
          onFile={(file) => look.mutate({ file, format: formatOf(file.name) })}
        >
          {chosen ? t("import.other_file", { name: chosen.file.name }) : t("import.drop")}
        </FileDrop>
        {look.isPending && (
          <p className="meta" role="status">
            {t("import.looking")}
          </p>
        )}
        <ErrorNote error={look.error} />
        {chosen && (
          <Mapping
            key={`${chosen.file.name} ${chosen.format}`}
            chosen={chosen}
            onFormat={(format) => look.mutate({ file: chosen.file, format })}
            onDone={() => choose(null)}
          />
        )}
        <Ledgers slug={project.slug} />
      </div>
    </main>
  );
}

function Mapping({
  chosen,
  onFormat,
  onDone,
}: {
  chosen: Chosen;
  onFormat: (format: ImportFormat) => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const project = useProject();
  const queries = useQueryClient();
  const { file, format, preview } = chosen;
  const [roles, setRoles] = useState(() => turned(preview.suggested_mapping)); // column to what it is
  const [sent, setSent] = useState(0);
  const [pictures, setPictures] = useState<File[]>([]);
  // Rows of a Parquet file cannot be rewritten here to name the addresses of what was stored.
  const takesMedia =
    format !== "parquet" && project.subject.some(({ show }) => show === "image" || show === "video");
  const load = useMutation({
    mutationFn: async () => {
      const options = { format, mapping: isNative ? {} : turned(roles) };
      const content = pictures.length === 0 ? file : await withPictures(project.slug, file, format, pictures);
      return importFile(project.slug, content, file.name, options, setSent, csrfHeader());
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["imports", project.slug] });
      onDone();
    },
  });
  const targets = targetsOf(project);
  const isNative = isExport(preview.columns);
  const missing = isNative ? [] : missingFields(project, roles);
  return (
    <section className="card" aria-labelledby="mapping">
      <header>
        <h2 id="mapping" dir="auto">
          {file.name}
        </h2>
        <span className="meta">{t("import.first_rows", { count: preview.rows.length })}</span>
        <span className="grow" />
        <label className="row ctl">
          {t("import.format")}
          <select
            className="field format"
            value={format}
            onChange={(event) => onFormat(event.target.value as ImportFormat)}
          >
            {FORMATS.map((each) => (
              <option key={each} value={each}>
                {each.toUpperCase()}
              </option>
            ))}
          </select>
        </label>
      </header>
      <TableScroll label={t("import.first_rows_table")}>
        <table className="table preview">
          <thead>
            <tr>
              {preview.columns.map((column) => (
                <th key={column} scope="col" data-kept={isNative || roles[column] ? true : undefined}>
                  <FormRow label={<span className="mono">{column}</span>}>
                    {(tied) => (
                      <select
                        className="field"
                        {...tied}
                        disabled={isNative}
                        value={roles[column] ?? ""}
                        onChange={(event) => setRoles(withRole(roles, column, event.target.value))}
                      >
                        <option value="">{t("import.leave_out")}</option>
                        <optgroup label={t("import.fields")}>
                          {targets.fields.map((target) => (
                            <option key={target.value} value={target.value}>
                              {target.title}
                            </option>
                          ))}
                        </optgroup>
                        <optgroup label={t("import.gold")}>
                          <option value="gold">{t("import.gold_all")}</option>
                          {targets.gold.map((target) => (
                            <option key={target.value} value={target.value}>
                              {t("import.gold_of", { question: target.title })}
                            </option>
                          ))}
                        </optgroup>
                        <optgroup label={t("import.about")}>
                          {TARGETS.map((target) => (
                            <option key={target} value={target}>
                              {t(`import.target_${target}`)}
                            </option>
                          ))}
                        </optgroup>
                      </select>
                    )}
                  </FormRow>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file are their numbers
              <tr key={place}>
                {preview.columns.map((column) => (
                  <td key={column} dir="auto">
                    <div className="cell">{cellText(row[column])}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
      <div className="pad">
        {takesMedia && (
          <FileDrop
            accept="image/png,image/jpeg,image/gif,image/webp,video/mp4,video/webm"
            multiple
            onFile={(picture) => setPictures((others) => [...others, picture])}
          >
            {pictures.length === 0
              ? t("import.drop_pictures")
              : t("import.pictures", { count: pictures.length, formatted: formatNumber(pictures.length) })}
          </FileDrop>
        )}
        {isNative && <p className="ctl">{t("import.native")}</p>}
        {preview.bad_rows.map((reason) => (
          <p key={reason} className="note warn">
            <Icon name="warning" />
            <span dir="auto">{reason}</span>
          </p>
        ))}
        {missing.length > 0 && (
          <p className="note warn">
            <Icon name="warning" />
            <span>{t("import.missing", { fields: missing.join(", "), count: missing.length })}</span>
          </p>
        )}
        <ErrorNote error={load.error} />
        <div className="actions end">
          <span className="meta grow" role="status">
            {load.isPending ? t("import.sending", { share: formatPercent(sent) }) : t("import.then")}
          </span>
          <Button onClick={onDone} disabled={load.isPending}>
            {t("common.cancel")}
          </Button>
          <Button
            look="primary"
            disabled={load.isPending || missing.length > 0}
            onClick={() => load.mutate()}
          >
            {t("import.start")}
          </Button>
        </div>
      </div>
    </section>
  );
}

/** The file with its pictures stored, and named by the addresses they have now. */
async function withPictures(slug: string, file: File, format: ImportFormat, pictures: File[]): Promise<Blob> {
  const addresses = new Map<string, string>();
  for (const picture of pictures) addresses.set(picture.name, (await storePicture(slug, picture)).url);
  return new Blob([withAddresses(await file.text(), format, addresses)]);
}

/** A part of the item comes from one column: giving it to another takes it from the first. */
function withRole(roles: Record<string, string>, column: string, role: string): Record<string, string> {
  const others = Object.entries(roles).filter(([other, theirs]) => other !== column && theirs !== role);
  return { ...Object.fromEntries(others), [column]: role };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function Ledgers({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const imports = useQuery({
    queryKey: ["imports", slug],
    queryFn: () => readImports(slug),
    refetchInterval: (query) => (query.state.data?.some((each) => each.state === "loading") ? 1000 : false),
  });
  return (
    <>
      <ErrorNote error={imports.error} onRetry={() => void imports.refetch()} />
      {imports.data?.length === 0 && <p className="meta">{t("import.none_yet")}</p>}
      {imports.data?.map((each, place) => (
        <Ledger key={each.id} slug={slug} listed={each} isNewest={place === 0} />
      ))}
    </>
  );
}

function Ledger({ slug, listed, isNewest }: { slug: string; listed: Import; isNewest: boolean }) {
  const { t } = useTranslation();
  const [isOpen, open] = useState(isNewest);
  const detail = useQuery({
    queryKey: ["import", listed.id, listed.rejected, listed.state],
    queryFn: () => readImport(listed.id),
    enabled: listed.rejected > 0 && isOpen,
  });
  const rejected = detail.data?.rejected_rows ?? [];
  return (
    <section className="card" aria-label={t("import.ledger", { name: listed.filename })}>
      <header>
        <h2 dir="auto">{listed.filename}</h2>
        <StateChip state={listed.state} />
        <span className="meta">{formatWhen(listed.started_at)}</span>
        <span className="grow" />
        {listed.state === "done" && listed.imported > 0 && (
          <Link className="btn sm" to="/p/$slug/data" params={{ slug }}>
            {t("import.see_items")}
          </Link>
        )}
      </header>
      <div className="pad">
        <dl className="stats">
          {(["rows_read", "imported", "duplicates", "rejected"] as const).map((part) => (
            <div key={part}>
              <dt>{t(`import.${part}`)}</dt>
              <dd>{formatNumber(listed[part])}</dd>
            </div>
          ))}
        </dl>
        {listed.state === "done" && <p className="meta">{t("import.adds_up", sums(listed))}</p>}
        {listed.error && (
          <p className="note redo">
            <Icon name="warning" />
            <span dir="auto">{listed.error}</span>
          </p>
        )}
        {listed.rejected > 0 && (
          <details open={isOpen} onToggle={(event) => open(event.currentTarget.open)}>
            <summary className="ctl">{t("import.rejected_rows", { count: listed.rejected })}</summary>
            <ErrorNote error={detail.error} />
            <TableScroll label={t("import.rejected_rows", { count: listed.rejected })}>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col" className="num">
                      {t("import.row")}
                    </th>
                    <th scope="col">{t("import.reason")}</th>
                    <th scope="col">{t("import.excerpt")}</th>
                  </tr>
                </thead>
                <tbody>
                  {rejected.map((row) => (
                    <tr key={row.row}>
                      <th scope="row" className="num">
                        {formatNumber(row.row)}
                      </th>
                      <td dir="auto">{row.reason}</td>
                      <td className="mono excerpt" dir="auto">
                        {row.excerpt}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableScroll>
            <p className="row ctl rejected-foot">
              {listed.rejected > rejected.length && rejected.length > 0 && (
                <span className="meta">{t("import.first_shown", { count: rejected.length })}</span>
              )}
              <a className="btn sm" href={`/api/imports/${listed.id}/rejected`} download>
                <Icon name="download" small /> {t("import.download_rejected")}
              </a>
            </p>
          </details>
        )}
      </div>
    </section>
  );
}

function sums(ledger: Import) {
  return {
    rows: formatNumber(ledger.rows_read),
    imported: formatNumber(ledger.imported),
    duplicates: formatNumber(ledger.duplicates),
    rejected: formatNumber(ledger.rejected),
  };
}

function StateChip({ state }: { state: Import["state"] }) {
  const { t } = useTranslation();
  const look = state === "done" ? "pass" : state === "failed" ? "redo" : "line";
  return (
    <span className={`chip ${look}`} role="status">
      <Icon name={state === "done" ? "check" : state === "failed" ? "warning" : "clock"} small />
      {t(`import.state_${state}`)}
    </span>
  );
}
