/** A place to drop a file on, which is also a button that opens the file chooser. */
import { type ReactNode, useId, useState } from "react";
import { Icon } from "./Icon";

interface Props {
  accept: string;
  onFile: (file: File) => void;
  /** Several at once: `onFile` is called for each. */
  multiple?: boolean;
  children: ReactNode;
}

export function FileDrop({ accept, onFile, multiple = false, children }: Props) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const take = (files: FileList) => {
    for (const file of [...files].slice(0, multiple ? undefined : 1)) onFile(file);
  };
  return (
    <label
      className="drop"
      htmlFor={id}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <Icon name="upload" />
      <span>{children}</span>
      <input
        id={id}
        className="vh"
        type="file"
        multiple={multiple}
        accept={accept}
        onChange={(event) => {
          if (event.target.files) take(event.target.files);
          event.target.value = "";
        }}
      />
    </label>
  );
}
