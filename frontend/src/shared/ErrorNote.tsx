/** What went wrong, in the server's words, with each fault and what is allowed instead. */
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/error";
import { Button } from "./Button";
import { Icon } from "./Icon";

export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  if (!error) return null;
  const faults = error instanceof ApiError ? error.faults : [];
  return (
    <div className="note redo" role="alert">
      <Icon name="warning" />
      <div className="grow">
        <p>{errorText(error, t("common.no_connection"))}</p>
        {faults.length > 1 && (
          <ul>
            {faults.map((fault) => (
              <li key={`${fault.where} ${fault.found}`} dir="auto">
                {t("common.fault", { where: fault.where, found: fault.found, allowed: fault.allowed })}
              </li>
            ))}
          </ul>
        )}
      </div>
      {onRetry && (
        <Button small onClick={onRetry}>
          {t("common.retry")}
        </Button>
      )}
    </div>
  );
}

/** The text of an error; a request that never reached the server gets `offline`. */
export function errorText(error: unknown, offline: string): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return offline;
  return error instanceof Error ? error.message : String(error);
}
