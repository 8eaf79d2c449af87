/** Markdown of users and models, without raw HTML. Code stands as it is, so that a copy of it is the code. */
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
        <ReactMarkdown rehypePlugins={rehype} components={COMPONENTS}>
          {children}
        </ReactMarkdown>
      </Suspense>
    </div>
  );
}

/** A block of code: from left to right in every language, and where lines are long it scrolls, by keys too. */
function Code({ children }: ComponentProps<"pre">) {
  return (
    <pre dir="ltr" tabIndex={0}>
      {children}
    </pre>
  );
}

const COMPONENTS = { pre: Code };
