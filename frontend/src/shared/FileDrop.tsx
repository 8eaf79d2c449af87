/** A place to drop a file on, which is also a button that opens the file chooser. */
import { type ReactNode, useId, useState } from "react";
import { Icon } from "./Icon";

interface Props {
  accept: string;
  onFile: (file: File) => void;
  children: ReactNode;
}

export function FileDrop({ accept, onFile, children }: Props) {
  const id = useId();
  const [isOver, setOver] = useState(false);
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
        const file = event.dataTransfer.files[0];
        if (file) onFile(file);
      }}
    >
      <Icon name="upload" />
      <span>{children}</span>
      <input
        id={id}
        className="vh"
        type="file"
        accept={accept}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onFile(file);
          event.target.value = "";
        }}
      />
    </label>
  );
}
