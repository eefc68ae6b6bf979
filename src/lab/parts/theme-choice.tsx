/** Light, dark, or as the system has it; kept for the next visit. */

import { effect, signal } from "@preact/signals";

const KEY = "syngeo-theme";
const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

function stored(): Theme {
  // Storage may be switched off.
  try {
    const text = window.localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === text) ?? "system";
  } catch {
    return "system";
  }
}

const theme = signal<Theme>(stored());
effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
  try {
    window.localStorage.setItem(KEY, theme.value);
  } catch {
    // The choice then holds for this visit.
  }
});

export function ThemeChoice() {
  return (
    <label class="theme-choice">
      <span>Theme</span>
      <select
        value={theme.value}
        onChange={({ currentTarget }) => {
          theme.value = THEMES.find((name) => name === currentTarget.value) ?? "system";
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
