/** Everybody who can log in here; for administrators. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { addPerson, changePerson, readPeople } from "../api/researcher";
import type { Person, PersonInput } from "../api/researcher_types";
import { useMe } from "../api/session";
import type { Role } from "../api/types";
import "../locales/researcher";
import { formatUsd } from "../projects/quantities";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import "../shared/researcher.css";
import { TableScroll } from "../shared/TableScroll";
import { TopBar } from "../shared/TopBar";
import { RoleField } from "./RoleField";

const ROLES: (Role | "admin")[] = ["annotator", "auditor", "researcher", "admin"];

export function PeopleScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const people = useQuery({ queryKey: ["people"], queryFn: readPeople });
  const [edited, edit] = useState<Person | "new" | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["people"] });
  const disable = useMutation({
    mutationFn: (person: Person) => changePerson(person.id, { disabled: !person.is_disabled }),
    onSuccess: refresh,
  });
  return (
    <div className="app">
      <TopBar />
      <main className="screen" id="main" tabIndex={-1}>
        <div className="inner">
          <div className="row">
            <h1 className="title grow">{t("people.title")}</h1>
            <Button look="primary" icon="plus" onClick={() => edit("new")}>
              {t("people.add")}
            </Button>
          </div>
          <ErrorNote error={people.error ?? disable.error} />
          <TableScroll className="card" label={t("people.title")}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("people.name")}</th>
                  <th scope="col">{t("people.login")}</th>
                  <th scope="col">{t("people.role")}</th>
                  <th scope="col">{t("people.organisation")}</th>
                  <th scope="col" className="num">
                    {t("people.pay")}
                  </th>
                  <th scope="col">{t("people.state")}</th>
                  <th scope="col">
                    <span className="vh">{t("people.actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {people.data?.map((person) => (
                  <tr key={person.id}>
                    <th scope="row" dir="auto">
                      {person.name}
                    </th>
                    <td className="mono">{person.login}</td>
                    <td>{t(`roles.${person.role}`)}</td>
                    <td dir="auto">{person.organisation}</td>
                    <td className="num">
                      {person.pay_usd_per_hour === null ? "–" : formatUsd(person.pay_usd_per_hour)}
                    </td>
                    <td>
                      <span className={person.is_disabled ? "chip" : "chip pass"}>
                        {t(person.is_disabled ? "people.disabled" : "people.active")}
                      </span>
                    </td>
                    <td>
                      <div className="actions end">
                        <Button look="quiet" small onClick={() => edit(person)}>
                          {t("people.change")}
                          <span className="vh"> {person.name}</span>
                        </Button>
                        {person.id !== me.id && (
                          <Button
                            look="quiet"
                            small
                            disabled={disable.isPending}
                            onClick={() => disable.mutate(person)}
                          >
                            {t(person.is_disabled ? "people.enable" : "people.disable")}
                            <span className="vh"> {person.name}</span>
                          </Button>
                        )}
                      </div>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableScroll>
        </div>
        {edited && (
          <PersonForm
            person={edited === "new" ? null : edited}
            onClose={() => edit(null)}
            onDone={() => void refresh()}
          />
        )}
      </main>
    </div>
  );
}

function PersonForm({
  person,
  onClose,
  onDone,
}: {
  person: Person | null;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const [fields, setFields] = useState({
    name: person?.name ?? "",
    login: person?.login ?? "",
    password: "",
    role: person?.role ?? ("annotator" as Role | "admin"),
    organisation: person?.organisation ?? "",
    pay: person?.pay_usd_per_hour == null ? "" : String(person.pay_usd_per_hour),
  });
  const set = (changes: Partial<typeof fields>) => setFields({ ...fields, ...changes });
  const save = useMutation({
    mutationFn: () => {
      const { pay, password, login, ...rest } = fields;
      const known = { ...rest, pay_usd_per_hour: pay === "" ? null : Number(pay) };
      if (person !== null) return changePerson(person.id, { ...known, ...(password ? { password } : {}) });
      return addPerson({ ...known, login, password } satisfies PersonInput);
    },
    onSuccess: () => {
      onDone();
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog
      title={person === null ? t("people.add") : t("people.change_title", { name: person.name })}
      onClose={onClose}
    >
      <form className="stack" onSubmit={submit}>
        <FormRow label={t("people.name")}>
          {(tied) => (
            <input
              className="field"
              required
              {...tied}
              value={fields.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </FormRow>
        {person === null && (
          <FormRow label={t("people.login")} help={t("people.login_help")}>
            {(tied) => (
              <input
                className="field mono"
                required
                autoComplete="off"
                {...tied}
                value={fields.login}
                onChange={(event) => set({ login: event.target.value })}
              />
            )}
          </FormRow>
        )}
        <FormRow
          label={t("people.password")}
          help={t(person === null ? "people.password_help" : "people.password_stays")}
        >
          {(tied) => (
            <input
              className="field"
              type="password"
              autoComplete="new-password"
              required={person === null}
              {...tied}
              value={fields.password}
              onChange={(event) => set({ password: event.target.value })}
            />
          )}
        </FormRow>
        <RoleField roles={ROLES} role={fields.role} onChange={(role) => set({ role })} />
        <div className="two">
          <FormRow label={t("people.organisation")}>
            {(tied) => (
              <input
                className="field"
                {...tied}
                value={fields.organisation}
                onChange={(event) => set({ organisation: event.target.value })}
              />
            )}
          </FormRow>
          <FormRow label={t("people.pay")}>
            {(tied) => (
              <input
                className="field"
                type="number"
                min="0"
                step="any"
                {...tied}
                value={fields.pay}
                onChange={(event) => set({ pay: event.target.value })}
              />
            )}
          </FormRow>
        </div>
        <ErrorNote error={save.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" disabled={save.isPending}>
            {t(person === null ? "people.add" : "people.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
