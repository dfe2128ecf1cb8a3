// The related block of a page, from the folder into which `readmore export FOLDER` writes.
//
//   import readmore from "./readmore.mjs";
//   export default (config) => config.addPlugin(readmore, { folder: "related", site: "https://example.org" });
//
// and {% readmore page.url %} under the text in the layout. A page that has none gets nothing.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export default function (config, { folder = "related", site = "" } = {}) {
  config.addWatchTarget(folder);
  let addresses = {};
  config.on("eleventy.before", () => {
    const index = join(folder, "index.json");
    addresses = existsSync(index) ? JSON.parse(readFileSync(index, "utf8")).addresses : {};
  });
  config.addShortcode("readmore", (url) => {
    const name = addresses[url] ?? addresses[new URL(url, site || "http://localhost").href];
    return name === undefined ? "" : readFileSync(join(folder, "html", `${name}.html`), "utf8");
  });
}
