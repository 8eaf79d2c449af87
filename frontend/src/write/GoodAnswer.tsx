/** What a good answer is, from the rubric by which it will be reviewed. */
import type { Rubric } from "../review/types";

interface Props {
  rubrics: readonly Rubric[];
  /** Opens the guideline at the question in focus. */
  onOpen: () => void;
}

export default function GoodAnswer({ rubrics }: Props) {
  return rubrics.length === 0 ? null : <section />;
}
