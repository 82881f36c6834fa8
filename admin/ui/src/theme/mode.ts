import { create } from "zustand";

export type Mode = "light" | "dark" | "system";

const stored = "parley.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

interface ModeState {
  mode: Mode;
  dark: boolean;
  setMode: (mode: Mode) => void;
}

const isDark = (mode: Mode) => (mode === "system" ? system.matches : mode === "dark");

function apply(mode: Mode): boolean {
  const dark = isDark(mode);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  return dark;
}

const first = (localStorage.getItem(stored) as Mode | null) ?? "system";

export const useMode = create<ModeState>((set) => ({
  mode: first,
  dark: apply(first),
  setMode(mode) {
    localStorage.setItem(stored, mode);
    set({ mode, dark: apply(mode) });
  },
}));

system.addEventListener("change", () => {
  const { mode, setMode } = useMode.getState();
  if (mode === "system") setMode(mode);
});
