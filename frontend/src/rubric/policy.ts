/** The review policy: its rules by who reviews, and what it does, in one sentence. */
import type { TFunction } from "i18next";
import { formatNumber, formatPercent } from "../shared/format";
import type { Reviewer, ReviewPolicy, ReviewRule, Rubric } from "./types";

export const REVIEWERS: readonly Reviewer[] = ["judge", "auditor", "researcher"];

export function ruleOf({ rules }: ReviewPolicy, by: Reviewer): ReviewRule | null {
  return rules.find((rule) => rule.by === by) ?? null;
}

/** The policy with one rule changed, begun (`{}`), or ended (null); rules keep the order judge, auditor, researcher. */
export function withRule(
  policy: ReviewPolicy,
  by: Reviewer,
  changes: Partial<ReviewRule> | null,
): ReviewPolicy {
  const begun: ReviewRule = {
    by,
    share: by === "judge" ? 1 : 0.1,
    first_of_each: 0,
    annotators: {},
    criteria: [],
    per_reviewer: null,
  };
  const rules = REVIEWERS.flatMap((each) => {
    const rule = ruleOf(policy, each);
    if (each !== by) return rule === null ? [] : [rule];
    return changes === null ? [] : [{ ...(rule ?? begun), ...changes }];
  });
  return { ...policy, rules };
}

/** Asked about a part or no longer; asked about every part is the empty list. */
export function withPart(rule: ReviewRule, part: string, isAsked: boolean, all: readonly string[]): string[] {
  const now = rule.criteria.length === 0 ? [...all] : rule.criteria;
  const next = all.filter((name) => (name === part ? isAsked : now.includes(name)));
  return next.length === all.length ? [] : next;
}

/** "Every answer is judged by …; 10 % go to an auditor; below 80 of 100 it goes back, at most twice." */
export function policySentence(
  policy: ReviewPolicy,
  rubrics: readonly Rubric[],
  exportsUnreviewed: boolean,
  t: TFunction,
): string {
  if (policy.rules.length === 0)
    return t(exportsUnreviewed ? "rubric.says.nobody_exported" : "rubric.says.nobody");
  const parts = policy.rules.map((rule) => whoSees(rule, policy, t));
  return `${capital([...parts, whatFollows(policy, rubrics, t)].join("; "))}.`;
}

function whoSees(rule: ReviewRule, policy: ReviewPolicy, t: TFunction): string {
  const model = policy.judge ?? t("rubric.says.no_model");
  const how = { model, share: formatPercent(rule.share) };
  const first = { count: rule.first_of_each, formatted: formatNumber(rule.first_of_each) };
  const own = Object.keys(rule.annotators).length > 0 ? ` ${t("rubric.says.own_shares")}` : "";
  if (rule.share >= 1) return t(`rubric.says.every_${rule.by}`, how) + own;
  if (rule.share > 0) {
    const more = rule.first_of_each > 0 ? ` ${t("rubric.says.and_first", first)}` : "";
    return t(`rubric.says.share_${rule.by}`, how) + more + own;
  }
  return rule.first_of_each > 0
    ? t(`rubric.says.first_${rule.by}`, { ...how, ...first }) + own
    : t(`rubric.says.none_${rule.by}`) + own;
}

function whatFollows({ redo_rounds }: ReviewPolicy, rubrics: readonly Rubric[], t: TFunction): string {
  const below =
    rubrics.length === 1
      ? t("rubric.says.below", {
          threshold: formatNumber(rubrics[0]?.threshold ?? 0),
          most: formatNumber(rubrics[0]?.max_score ?? 0),
        })
      : t("rubric.says.below_any");
  if (redo_rounds === 0) return t("rubric.says.never_back", { below });
  const times =
    redo_rounds <= 2 ? t(`rubric.says.times_${redo_rounds}`) : t("rubric.says.times", { count: redo_rounds });
  return t("rubric.says.back", { below, times });
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
