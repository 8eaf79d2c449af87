/** Who is in a project, and as what. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { readMembers, saveMembers } from "../api/researcher";
import type { Member } from "../api/researcher_types";
import { useMe } from "../api/session";
import type { Role } from "../api/types";
import "../locales/researcher";
import { useProject } from "../projects/useProject";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import "../shared/researcher.css";
import { TableScroll } from "../shared/TableScroll";
import { showToast } from "../shared/toast";
import { RoleField } from "./RoleField";

const ROLES: Role[] = ["annotator", "auditor", "researcher"];

export function MembersScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const { slug } = useProject();
  const queries = useQueryClient();
  const members = useQuery({ queryKey: ["members", slug], queryFn: () => readMembers(slug) });
  const save = useMutation({
    mutationFn: async ({ login, role }: { login: string; role: Role | null }) => {
      const others = (await readMembers(slug)).filter((member) => member.login !== login);
      return saveMembers(slug, role === null ? others.map(named) : [...others.map(named), { login, role }]);
    },
    onSuccess: (now) => queries.setQueryData(["members", slug], now),
  });
  const remove = (member: Member) =>
    save.mutate(
      { login: member.login, role: null },
      {
        onSuccess: () =>
          showToast(t("people.removed", { name: member.name }), {
            label: t("people.undo"),
            run: () => save.mutate({ login: member.login, role: member.role }),
          }),
      },
    );
  return (
    <main className="screen" id="main" tabIndex={-1}>
      <div className="inner">
        <h1 className="title">{t("people.members")}</h1>
        <AddMember onAdd={(login, role) => save.mutateAsync({ login, role })} />
        <ErrorNote error={members.error} onRetry={() => void members.refetch()} />
        <TableScroll className="card" label={t("people.members")}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("people.name")}</th>
                <th scope="col">{t("people.login")}</th>
                <th scope="col">{t("people.organisation")}</th>
                <th scope="col">{t("people.pseudonym")}</th>
                <th scope="col">{t("people.role")}</th>
                <th scope="col">
                  <span className="vh">{t("people.actions")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {members.data?.map((member) => (
                <tr key={member.person}>
                  <th scope="row" dir="auto">
                    {member.name}
                  </th>
                  <td className="mono">{member.login}</td>
                  <td dir="auto">{member.organisation}</td>
                  <td className="mono meta">{member.pseudonym}</td>
                  <td>
                    <select
                      className="field"
                      aria-label={t("people.role_of", { name: member.name })}
                      value={member.role}
                      disabled={save.isPending || member.person === me.id}
                      onChange={(event) =>
                        save.mutate({ login: member.login, role: event.target.value as Role })
                      }
                    >
                      {ROLES.map((role) => (
                        <option key={role} value={role}>
                          {t(`roles.${role}`)}
                        </option>
                      ))}
                    </select>
                  </td>
                  <td>
                    {member.person !== me.id && (
                      <div className="actions end">
                        <Button look="quiet" small disabled={save.isPending} onClick={() => remove(member)}>
                          {t("people.remove")}
                          <span className="vh"> {member.name}</span>
                        </Button>
                      </div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
        <p className="meta">{t("people.removal_note")}</p>
      </div>
    </main>
  );
}

function named({ login, role }: Member): { login: string; role: Role } {
  return { login, role };
}

function AddMember({ onAdd }: { onAdd: (login: string, role: Role) => Promise<unknown> }) {
  const { t } = useTranslation();
  const [login, setLogin] = useState("");
  const [role, setRole] = useState<Role>("annotator");
  const add = useMutation({ mutationFn: () => onAdd(login.trim(), role), onSuccess: () => setLogin("") });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (login.trim()) add.mutate();
  };
  return (
    <form className="card pad-form" onSubmit={submit}>
      <FormRow label={t("people.login")} help={t("people.member_help")} error={add.error?.message}>
        {(tied) => (
          <input
            className="field mono"
            autoComplete="off"
            {...tied}
            value={login}
            onChange={(event) => setLogin(event.target.value)}
          />
        )}
      </FormRow>
      <RoleField roles={ROLES} role={role} onChange={setRole} />
      <Button type="submit" look="primary" disabled={add.isPending || login.trim() === ""}>
        {t("people.add_member")}
      </Button>
    </form>
  );
}
