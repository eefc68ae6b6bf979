/** Puts the lab into the page. */

import { render } from "preact";
import { App } from "./app.tsx";

const place = document.getElementById("lab");
if (place === null) throw new Error("index.html has no place for the lab");
place.replaceChildren();
render(<App />, place);
