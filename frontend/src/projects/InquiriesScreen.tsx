/** What annotators asked about items: reply, and make the reply a clause of the guideline. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { readInquiries, replyInquiry } from "../api/researcher";
import type { Inquiry } from "../api/types";
import "../locales/researcher";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import { formatWhen } from "./quantities";

import "../shared/researcher.css";
import { Switch } from "../shared/Switch";
import { showToast } from "../shared/toast";
import { canChange, useProject } from "./useProject";

export function InquiriesScreen() {
  const { t } = useTranslation();
  const project = useProject();
  const [status, choose] = useState<"open" | "answered">("open");
  const inquiries = useQuery({
    queryKey: ["inquiries", project.slug, status],
    queryFn: () => readInquiries(project.slug, status),
    refetchInterval: 15_000,
  });
  return (
    <main className="screen" id="main" tabIndex={-1}>
      <div className="inner narrow">
        <h1 className="title">{t("inquiries.title")}</h1>
        <fieldset className="seg soft">
          <legend className="vh">{t("inquiries.show")}</legend>
          {(["open", "answered"] as const).map((each) => (
            <label key={each}>
              <input type="radio" name="status" checked={status === each} onChange={() => choose(each)} />
              {t(`inquiries.${each}`)}
            </label>
          ))}
        </fieldset>
        <ErrorNote error={inquiries.error} onRetry={() => void inquiries.refetch()} />
        {inquiries.data?.length === 0 && (
          <section className="card">
            <Empty title={t(`inquiries.none_${status}`)}>{t(`inquiries.none_${status}_why`)}</Empty>
          </section>
        )}
        {inquiries.data?.map((inquiry) => (
          <Asked key={inquiry.id} inquiry={inquiry} mayReply={canChange(project)} />
        ))}
      </div>
    </main>
  );
}

function Asked({ inquiry, mayReply }: { inquiry: Inquiry; mayReply: boolean }) {
  const { t } = useTranslation();
  const project = useProject();
  const question = project.questions.find(({ name }) => name === inquiry.question);
  return (
    <article className="card" aria-label={t("inquiries.by", { name: inquiry.asked_by })}>
      <header>
        <h2 dir="auto">{inquiry.asked_by}</h2>
        <span className="meta">{formatWhen(inquiry.asked_at)}</span>
        <span className="grow" />
        <Link
          className="btn sm"
          to="/p/$slug/data/$itemId"
          params={{ slug: project.slug, itemId: String(inquiry.item.id) }}
        >
          {t("inquiries.open_item", { id: inquiry.item.external_id })}
        </Link>
      </header>
      <div className="pad">
        <blockquote className="meta quoted" dir="auto">
          {inquiry.item.excerpt}
        </blockquote>
        {question && (
          <p className="meta" dir="auto">
            {t("inquiries.about", { question: question.title })}
          </p>
        )}
        <p dir="auto">{inquiry.text}</p>
        {inquiry.reply !== null && (
          <div className="human replied">
            <p className="meta">
              {t("inquiries.replied", { at: formatWhen(inquiry.replied_at ?? inquiry.asked_at) })}
            </p>
            <p dir="auto">{inquiry.reply}</p>
            {inquiry.section_id && (
              <Link className="ctl" to="/p/$slug/guideline" params={{ slug: project.slug }}>
                {t("inquiries.is_clause")}
              </Link>
            )}
          </div>
        )}
        {inquiry.reply === null && mayReply && <Reply inquiry={inquiry} />}
      </div>
    </article>
  );
}

function Reply({ inquiry }: { inquiry: Inquiry }) {
  const { t } = useTranslation();
  const project = useProject();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [isClause, makeClause] = useState(false);
  const [section, setSection] = useState("");
  const [title, setTitle] = useState("");
  const [body, setBody] = useState("");
  const reply = useMutation({
    mutationFn: () =>
      replyInquiry(inquiry.id, {
        text: text.trim(),
        clause: isClause ? { section_id: section || null, title: title.trim(), body: body.trim() } : null,
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["inquiries", project.slug] });
      void queries.invalidateQueries({ queryKey: ["project", project.slug] });
      void queries.invalidateQueries({ queryKey: ["progress", project.slug] });
      showToast(t(isClause ? "inquiries.sent_clause" : "inquiries.sent"));
    },
  });
  const choose = (id: string) => {
    const chosen = project.guideline.sections.find((each) => each.id === id);
    setSection(id);
    setTitle(chosen?.title ?? "");
    setBody(chosen ? `${chosen.body}\n\n${text}` : text);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) reply.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <FormRow label={t("inquiries.reply")}>
        {(tied) => (
          <textarea
            className="field"
            rows={3}
            required
            dir="auto"
            {...tied}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </FormRow>
      <Switch
        isOn={isClause}
        onChange={(isOn) => {
          makeClause(isOn);
          if (isOn && body === "") setBody(text);
        }}
      >
        {t("inquiries.make_clause")}
      </Switch>
      {isClause && (
        <div className="stack clause">
          <p className="meta">{t("inquiries.clause_what")}</p>
          <div className="two">
            <FormRow label={t("inquiries.where")}>
              {(tied) => (
                <select
                  className="field"
                  {...tied}
                  value={section}
                  onChange={(event) => choose(event.target.value)}
                >
                  <option value="">{t("inquiries.new_section")}</option>
                  {project.guideline.sections.map((each) => (
                    <option key={each.id} value={each.id}>
                      {t("inquiries.replace", { title: each.title })}
                    </option>
                  ))}
                </select>
              )}
            </FormRow>
            <FormRow label={t("inquiries.section_title")}>
              {(tied) => (
                <input
                  className="field"
                  required
                  {...tied}
                  value={title}
                  onChange={(event) => setTitle(event.target.value)}
                />
              )}
            </FormRow>
          </div>
          <FormRow label={t("inquiries.section_text")} help={t("inquiries.markdown")}>
            {(tied) => (
              <textarea
                className="field"
                rows={5}
                required
                dir="auto"
                {...tied}
                value={body}
                onChange={(event) => setBody(event.target.value)}
              />
            )}
          </FormRow>
        </div>
      )}
      <ErrorNote error={reply.error} />
      <div className="actions end">
        <Button type="submit" look="primary" disabled={reply.isPending || text.trim() === ""}>
          {t(isClause ? "inquiries.send_clause" : "inquiries.send")}
        </Button>
      </div>
    </form>
  );
}
