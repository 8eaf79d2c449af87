/** The browser's own modal dialog: it keeps the focus, closes on Escape and gives the focus back. */
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { keymap } from "./keys";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the foot, the primary one last. */
  actions?: ReactNode;
  wide?: boolean;
  /** Whether Escape and the cross close it; off where an answer is needed. */
  canClose?: boolean;
}

export function Dialog({ title, onClose, children, actions, wide = false, canClose = true }: Props) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const opened = dialog.current;
    const before = document.activeElement;
    const close = keymap.openModal();
    opened?.showModal();
    firstFocus(opened)?.focus();
    return () => {
      close();
      opened?.close(); // while it is modal nothing else takes the focus
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={wide ? "wide" : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (canClose) onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        {canClose && <Button look="quiet" small icon="x" aria-label={t("common.close")} onClick={onClose} />}
      </div>
      <div className="dialog-body">{children}</div>
      {actions && <div className="dialog-foot">{actions}</div>}
    </dialog>
  );
}

/** Where work begins: what asks for the focus, else the first field, else the primary button. */
function firstFocus(dialog: HTMLDialogElement | null): HTMLElement | null | undefined {
  return (
    dialog?.querySelector<HTMLElement>("[data-autofocus]") ??
    dialog?.querySelector<HTMLElement>(".dialog-body :is(input, select, textarea):not([type=checkbox])") ??
    dialog?.querySelector<HTMLElement>(".dialog-foot .primary")
  );
}
