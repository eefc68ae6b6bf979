/** The frame of all pages: name, navigation, theme, and the page that is open. */

import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentType } from "preact";
import { type Page, pages } from "./pages.ts";
import { Problem } from "./parts/problem.tsx";
import { ThemeChoice } from "./parts/theme-choice.tsx";
import { openPath } from "./route.ts";

export function App() {
  const page = pages.find(({ path }) => path === openPath.value) ?? pages[0];
  return (
    <>
      <header class="lab-header">
        <div class="lab-name">
          <img src="./icon.svg" alt="" width="28" height="28" />
          <span>Syngeo lab</span>
        </div>
        <nav aria-label="Pages">
          <ul>
            {pages.map(({ path, title }) => (
              <li key={path}>
                <a href={`#/${path}`} aria-current={path === page.path ? "page" : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <ThemeChoice />
      </header>
      <main id="main" tabIndex={-1}>
        <OpenPage key={page.path} page={page} />
      </main>
      <footer class="lab-footer">Everything is computed in this page: your data stay on this machine.</footer>
    </>
  );
}

function OpenPage({ page }: { readonly page: Page }) {
  const content = useSignal<ComponentType | null>(null);
  const problem = useSignal<string | null>(null);
  useSignalEffect(() => {
    document.title = `${page.title} · Syngeo lab`;
    page.load().then(
      (loaded) => {
        content.value = loaded.default;
      },
      (error: unknown) => {
        problem.value = `lab: expected the page "${page.title}" to load, got "${String(error)}"; reload, or start syngeo lab again`;
      },
    );
  });
  const Content = content.value;
  return (
    <>
      <h1>{page.title}</h1>
      <p class="summary">{page.summary}</p>
      <Problem message={problem.value} />
      {Content === null ? <p role="status">Loading…</p> : <Content />}
    </>
  );
}
