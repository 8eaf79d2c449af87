/** A check box with its words. */
import type { ReactNode } from "react";

interface Props {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  children: ReactNode;
  disabled?: boolean;
}

export function Switch({ isOn, onChange, children, disabled }: Props) {
  return (
    <label className="switch">
      <input
        className="pick"
        type="checkbox"
        checked={isOn}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
