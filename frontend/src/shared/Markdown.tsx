/** Markdown of users and models, without raw HTML. */
import { lazy, Suspense } from "react";

const ReactMarkdown = lazy(() => import("react-markdown"));

export function Markdown({ children }: { children: string }) {
  return (
    <div className="prose" dir="auto">
      <Suspense fallback={<p style={{ whiteSpace: "pre-wrap" }}>{children}</p>}>
        <ReactMarkdown>{children}</ReactMarkdown>
      </Suspense>
    </div>
  );
}
