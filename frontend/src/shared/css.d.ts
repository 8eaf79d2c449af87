import "react";

declare module "react" {
  interface CSSProperties {
    /** The length of a bar: `--v: 63%`. */
    "--v"?: string;
    /** The width of the labeling form as a share of the screen. */
    "--form"?: string;
  }
}
