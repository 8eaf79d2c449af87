/** Markdown of users and models, without raw HTML. */
import { type ComponentProps, lazy, Suspense } from "react";

const ReactMarkdown = lazy(() => import("react-markdown"));

interface Props {
  children: string;
  /** What changes the tree before it is shown. */
  rehype?: ComponentProps<typeof ReactMarkdown>["rehypePlugins"];
}

export function Markdown({ children, rehype }: Props) {
  return (
    <div className="prose" dir="auto">
      <Suspense fallback={<p style={{ whiteSpace: "pre-wrap" }}>{children}</p>}>
        <ReactMarkdown rehypePlugins={rehype}>{children}</ReactMarkdown>
      </Suspense>
    </div>
  );
}
