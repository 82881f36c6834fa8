import { type ReactNode, type RefObject, useRef, useState } from "react";
import s from "./ui.module.css";

export interface Opened {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Where the popup stands: what it is given as its child. */
  children: ReactNode;
}

interface Pressed {
  ref: RefObject<HTMLButtonElement | null>;
  "aria-haspopup": true;
  "aria-expanded": boolean;
  onPointerDown: () => void;
  onClick: () => void;
}

interface Props {
  /** Draws the button. */
  button: (pressed: Pressed) => ReactNode;
  /** Draws the library's popup. */
  popup: (opened: Opened) => ReactNode;
}

/**
 * Opener is a button whose popup is made when it is first pressed: a thread has one at every message, and each
 * of the library's costs as much as the message.
 */
export function Opener({ button, popup }: Props) {
  const self = useRef<HTMLButtonElement>(null);
  const [asked, setAsked] = useState(false);
  const [open, setOpen] = useState(false);
  // A press beside an open popup closes it, and its button is beside it: that press must not open it again.
  const was = useRef<boolean>(undefined);
  const onOpenChange = (next: boolean) => {
    setOpen(next);
    // Who was in the popup is back where they came from.
    const at = document.activeElement;
    if (!next && (at === document.body || at?.closest("#popups"))) self.current?.focus();
  };
  const pressed: Pressed = {
    ref: self,
    "aria-haspopup": true,
    "aria-expanded": open,
    onPointerDown: () => {
      was.current = open;
    },
    onClick: () => {
      setAsked(true);
      setOpen(!(was.current ?? open));
      was.current = undefined;
    },
  };
  return (
    <span className={s.opener}>
      {button(pressed)}
      {asked && popup({ open, onOpenChange, children: <span className={s.anchor} /> })}
    </span>
  );
}
