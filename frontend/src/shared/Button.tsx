import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./Icon";
import { CommandKey } from "./Kbd";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "plain" | "quiet" | "primary";
  small?: boolean;
  icon?: IconName;
  /** The command whose key is printed in the button. */
  command?: string;
}

export function Button({
  look = "plain",
  small = false,
  icon,
  command,
  className,
  children,
  ...rest
}: Props) {
  const classes = [
    "btn",
    look === "plain" ? "" : look,
    small ? "sm" : "",
    children || command ? "" : "icon",
    className,
  ];
  return (
    <button type="button" className={classes.filter(Boolean).join(" ")} {...rest}>
      {icon && <Icon name={icon} small={small} />}
      {children && <span className="txt">{children}</span>}
      {command && <CommandKey id={command} />}
    </button>
  );
}
