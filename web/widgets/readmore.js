/*! readmore-widgets: <readmore-search>, <readmore-related>. MIT licence. */
// Nothing is built: this is what runs. It stores nothing, adds no style to the page and parses no text as markup.
(() => {
  "use strict";

  const me = document.currentScript; // null where the script is a module or was bundled

  // --- words

  // A language has its words in the order of KEYS; the last eight are fields of articles, and `name` a name in texts.
  const KEYS =
    "search placeholder suggestions articles all found nothing meant shown instead filters clear from until page previous next failed related section site author tag date year place name".split(" ");
  const SAID = {
    en: "Search|Search articles|Suggestions|Articles|All results for {q}|Results: {n}|Nothing found for {q}|Did you mean {q}?|Showing results for {q}|Search for {q} instead|Filters|Remove filters|From|Until|Page {n}|Previous|Next|The search does not answer just now.|Related articles|Section|Site|Author|Tag|Date|Year|Place|Name",
    de: "Suchen|Artikel suchen|Vorschläge|Artikel|Alle Ergebnisse für {q}|Ergebnisse: {n}|Nichts gefunden für {q}|Meinten Sie {q}?|Ergebnisse für {q}|Stattdessen nach {q} suchen|Filter|Filter entfernen|Von|Bis|Seite {n}|Zurück|Weiter|Die Suche antwortet gerade nicht.|Ähnliche Artikel|Ressort|Website|Autor|Schlagwort|Datum|Jahr|Ort|Name",
    fr: "Rechercher|Rechercher un article|Suggestions|Articles|Tous les résultats pour {q}|Résultats : {n}|Aucun résultat pour {q}|Vouliez-vous dire {q} ?|Résultats pour {q}|Rechercher plutôt {q}|Filtres|Supprimer les filtres|Du|Au|Page {n}|Précédent|Suivant|La recherche ne répond pas pour le moment.|Articles liés|Rubrique|Site|Auteur|Mot-clé|Date|Année|Lieu|Nom",
    es: "Buscar|Buscar artículos|Sugerencias|Artículos|Todos los resultados de {q}|Resultados: {n}|No hay resultados para {q}|¿Quiso decir {q}?|Resultados de {q}|Buscar {q} en su lugar|Filtros|Quitar los filtros|Desde|Hasta|Página {n}|Anterior|Siguiente|La búsqueda no responde en este momento.|Artículos relacionados|Sección|Sitio|Autor|Etiqueta|Fecha|Año|Lugar|Nombre",
    pt: "Buscar|Buscar artigos|Sugestões|Artigos|Todos os resultados para {q}|Resultados: {n}|Nada encontrado para {q}|Você quis dizer {q}?|Resultados para {q}|Buscar {q} mesmo assim|Filtros|Remover filtros|De|Até|Página {n}|Anterior|Próxima|A busca não está respondendo no momento.|Artigos relacionados|Seção|Site|Autor|Etiqueta|Data|Ano|Lugar|Nome",
    ar: "بحث|ابحث في المقالات|اقتراحات|مقالات|كل النتائج عن {q}|النتائج: {n}|لا نتائج عن {q}|هل تقصد {q}؟|نتائج البحث عن {q}|ابحث عن {q} بدلًا من ذلك|تصفية|إزالة التصفية|من|إلى|الصفحة {n}|السابق|التالي|البحث لا يستجيب الآن.|مقالات ذات صلة|القسم|الموقع|الكاتب|الوسم|التاريخ|السنة|المكان|الاسم",
    ja: "検索|記事を検索|候補|記事|{q} の検索結果をすべて見る|検索結果 {n} 件|{q} に一致する記事はありません|もしかして: {q}|{q} の検索結果を表示しています|元の検索キーワード: {q}|絞り込み|絞り込みを解除|開始日|終了日|{n} ページ|前へ|次へ|現在、検索できません。|関連記事|セクション|サイト|著者|タグ|日付|年|場所|名前",
  };

  // --- markup

  /** An element. Attributes are left out for null and false; a part is a class, too. */
  const h = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value == null || value === false) continue;
      element.setAttribute(name, value === true ? "" : value);
      if (name === "part") element.className = value;
    }
    element.append(...children.flat().filter(Boolean)); // whatever is false is left out
    return element;
  };

  const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };
  const plain = (html) => html.replace(/&([^;]+);/g, (whole, name) => ENTITIES[name] || whole);

  /** The nodes of a text that the service has escaped, with its <mark>s. */
  const marked = (html) =>
    html
      .split(/<mark>(.*?)<\/mark>/s)
      .map((text, at) => (at % 2 ? h("mark", { part: "mark" }, plain(text)) : plain(text)));

  /** `text` with the value, a text or an element, in the place of {q} or {n}. */
  const filled = (text, value) => text.split(/\{[qn]\}/).flatMap((part, at) => (at ? [value, part] : [part]));

  /** The address, if a browser may go there. */
  const followable = (address) => {
    const link = h("a", { href: address || null });
    return /^https?:$/.test(link.protocol) ? link.href : "";
  };

  /** A text of whatever direction. */
  const auto = (text, attributes) => h("span", { dir: "auto", ...attributes }, text);
  const quoted = (text) => h("q", { dir: "auto" }, text);
  const DAY = /^\d{4}-\d\d-\d\d$/;

  /** Waits until all of the page is there. */
  const parsed = async () => {
    if (document.readyState !== "loading") return;
    await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  };

  const isPlainClick = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const tokens = (text) => (text || "").split(/[\s,]+/).filter(Boolean);

  // --- the service

  const PATIENCE = 15000; // milliseconds

  /** Asks one thing at a time: the next question hangs up on the one before. */
  class Line {
    #controller = null;

    /** The answers, or null where something else was asked since. Throws where the service has none. */
    async ask(paths, { service, headers }) {
      this.hangUp();
      const controller = (this.#controller = new AbortController());
      const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(PATIENCE)]);
      try {
        const get = async (path) => {
          const response = await fetch(`${service}api/v1/${path}`, { headers, signal, credentials: "omit" });
          if (!response.ok) throw response;
          return response.json();
        };
        const answers = await Promise.all(paths.map(get));
        return controller === this.#controller ? answers : null;
      } catch (error) {
        if (controller !== this.#controller) return null;
        throw error;
      }
    }

    hangUp() {
      this.#controller?.abort();
      this.#controller = null;
    }
  }

  // The service is above this script's folder.
  const loaded = me || document.querySelector('script[src*="/widgets/readmore.js"]');
  const HOME = new URL(loaded?.src ? ".." : "/", loaded?.src || location).href;

  // --- colours

  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  /** Whether the page is dark here: as the element, its color-scheme or the paint says. */
  const isOnDark = (element) => {
    const scheme = element.getAttribute("scheme") || getComputedStyle(element).colorScheme;
    if (/dark|light/.test(scheme)) return /dark/.test(scheme) && (!/light/.test(scheme) || prefersDark.matches);
    for (let at = element; at; at = at.parentElement || at.getRootNode().host) {
      const [r, g, b, a = 1] = (/^rgba?\((.+)\)/.exec(getComputedStyle(at).backgroundColor)?.[1] || "0,0,0,0").split(
        /[\s,/]+/,
      );
      if (a > 0.5) return r * 0.299 + g * 0.587 + b * 0.114 < 128;
    }
    return false;
  };

  const widgets = new Set();
  const repaint = () => widgets.forEach((widget) => widget.paint());
  const watchThemes = () => {
    prefersDark.addEventListener("change", repaint);
    const observer = new MutationObserver(repaint);
    const attributeFilter = ["class", "style", "data-theme", "data-bs-theme"];
    [document.documentElement, document.body].forEach((root) => observer.observe(root, { attributeFilter }));
  };

  const CSS = `
:host{display:flow-root!important;position:relative!important;float:none!important;border:0!important;padding:0!important;background:none!important;
  box-shadow:none!important;outline:0!important;opacity:1!important;filter:none!important;transform:none!important;overflow:visible!important}
:host([hidden]),[hidden]{display:none!important}
.rm{all:initial;display:block;visibility:inherit;pointer-events:inherit;color-scheme:light;line-height:1.5;overflow-wrap:anywhere;
  --ink:var(--readmore-ink,light-dark(#1b1e22,#e8e9e6));--paper:var(--readmore-paper,light-dark(#fff,#14171b));
  --muted:var(--readmore-muted,light-dark(#555c64,#a4abb4));--link:var(--readmore-link,light-dark(#17407a,#9cc3f7));
  --line:var(--readmore-line,light-dark(#d9dcd6,#353b43));--edge:1px solid var(--readmore-edge,light-dark(#767d86,#7d8691));
  --wash:var(--readmore-wash,light-dark(#eef1f4,#262c33));--round:var(--readmore-radius,4px);--rule:1px solid var(--line);
  font-family:var(--readmore-font,system-ui,sans-serif);
  font-size:var(--readmore-size,medium);color:var(--ink)}
.dark{color-scheme:dark}
:where(.rm *){box-sizing:border-box;margin:0;padding:0;border:0;min-width:0;font:inherit;color:inherit}
li{list-style:none}
a{color:var(--link);text-underline-offset:.15em}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
mark{border-radius:2px;background:var(--readmore-mark,light-dark(#fdeaa0,#5a4708))}
.image{object-fit:cover;background:var(--wash);border-radius:var(--round);flex:none;width:7.5em;height:5em}
.meta{color:var(--muted);font-size:.875em}
.room,.results{container-type:inline-size}
.field{position:relative;display:flex;min-height:3em}
.input{flex:1;padding:0 .8em;border:var(--edge);border-start-start-radius:var(--round);border-end-start-radius:var(--round);
  background:var(--paper);appearance:none}
.input::placeholder{color:var(--muted);opacity:1}
.input:focus-visible{outline-offset:0;z-index:1}
.button{padding:0 1.1em;border-start-end-radius:var(--round);border-end-end-radius:var(--round);background:var(--readmore-button,var(--link));
  color:var(--readmore-button-ink,light-dark(#fff,#10151c));cursor:pointer}
.popup{position:absolute;z-index:var(--readmore-z,1000);inset-block-start:calc(100% + 4px);inset-inline:0;max-height:min(70vh,40em);
  overflow:auto;overscroll-behavior:contain;border:var(--rule);border-radius:var(--round);background:var(--paper);
  box-shadow:0 8px 24px rgb(0 0 0/.18)}
.group+.group,.hit,.pages,.item+.item{border-block-start:var(--rule)}
.option{display:block;min-height:2.75em;padding:.55em .8em;color:var(--ink);text-decoration:none;cursor:pointer}
.option>span{display:block}
.option:is(:hover,[aria-selected=true]){background:var(--wash)}
.option[aria-selected=true]{outline:2px solid var(--link);outline-offset:-2px}
.count{padding-block:.9em .2em;font-size:1.25em}
.note{padding-block:.4em}
.note a{text-decoration:none;border-bottom:1px solid}
.asked{display:grid;gap:1em 2em}
.hit{display:flex;gap:1em;justify-content:space-between;padding-block:1.1em}
.title{font-family:var(--readmore-title-font,inherit);line-height:1.35}
.hit .title{font-weight:700;font-size:1.15em}
.title a{text-decoration:none}
.title a:hover{text-decoration:underline}
.choice{display:grid}
.filters{display:grid;gap:1em}
:is(summary,legend,b,.button,.all){font-weight:600}
summary{cursor:pointer;padding-block:.6em}
.value{display:flex;gap:.5em;align-items:center;min-height:1.9em}
.value input{flex:none;width:1.05em;height:1.05em;accent-color:var(--link)}
.value .meta{margin-inline-start:auto}
.filters :is([type=date],button),.pages a{padding:.45em .7em;border:var(--edge);border-radius:var(--round);background:var(--paper);
  justify-self:start}
.pages{display:flex;gap:1em;align-items:center;padding-block:1em}
.alert{padding-block:.8em}
@container (min-width:44em){.two{grid-template-columns:15em minmax(0,1fr);align-items:start}}
.heading{font-weight:700;font-size:1.0625em;line-height:1.3;padding-block:.6em .4em;border-block-start:2px solid}
.clamp{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:var(--lines);overflow:hidden}
.related{--lines:3;--row:calc(var(--lines)*1.35em + 2.45em + 1px);--lead:16.2em;--card:var(--row);--rows:var(--n1);
  --all:calc(var(--n0)*var(--row) + var(--g)*2em)}
.waiting{min-block-size:calc(2.6em + 2px + var(--room))}
.related a{color:var(--ink)}
.related .meta,.heading,.name{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.list{--room:var(--n1)*var(--row)}
.groups{--room:var(--lead) + var(--all)}
.name{font-weight:700;line-height:1.4;padding-block-start:.6em}
.lead,.item{display:flow-root;padding-block:.55em}
.related .image{float:inline-end;margin-inline-start:1em}
.lead .title{font-weight:700;font-size:1.3em}
.lead .excerpt{margin-block:.4em;--lines:3}
.cards{--room:var(--rows)*(var(--card) + 1em)}
.cards .items{display:grid;gap:1em 1.5em;grid-template-columns:repeat(auto-fill,minmax(min(100%,14em),1fr))}
.cards .item{border:0}
@container (min-width:30em){.related{--lines:2;--rows:var(--n2);--card:calc(9.5em + var(--row))}
  .cards .image{float:none;width:100%;height:9em;margin:0 0 .5em}}
@container (min-width:48em){.related{--rows:var(--n3)}.groups{--room:max(var(--lead),var(--all))}
  .both{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 2.5em}}
`;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);

  // --- what both have in common

  class Widget extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.line = new Line();
    }

    connectedCallback() {
      widgets.add(this);
      this.start();
      parsed().then(() => this.isConnected && this.firstElementChild && this.start()); // what stands in it is there
    }

    disconnectedCallback() {
      widgets.delete(this);
      this.line.hangUp();
    }

    /** Everything is in one element, which inherits nothing of the page's styles. */
    frame(...children) {
      this.shadowRoot.replaceChildren(h("div", { part: "rm" }, ...children));
      this.paint();
    }

    paint() {
      this.shadowRoot.querySelector(".rm")?.classList.toggle("dark", isOnDark(this));
    }

    get service() {
      const address = this.getAttribute("service");
      return address ? new URL(address.replace(/\/*$/, "/"), location.href).href : HOME;
    }

    get headers() {
      const key = this.getAttribute("key");
      return key ? { Authorization: `Bearer ${key}` } : {};
    }

    get locale() {
      let at = this;
      while (at && !at.lang) at = at.parentElement || at.getRootNode().host;
      const tag = at?.lang || navigator.language;
      return /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag) ? tag : "en";
    }

    get words() {
      const said = (SAID[this.locale.toLowerCase().split("-")[0]] || SAID.en).split("|");
      return Object.fromEntries(KEYS.map((key, at) => [key, said[at]]));
    }

    text(name, value) {
      return filled(this.words[name], value);
    }

    number(value) {
      return value.toLocaleString(this.locale);
    }

    /** A day, a month or a year, whatever the reader's time zone. */
    day(text) {
      const [year, month, day] = text.slice(0, 10).split("-");
      if (!month) return year;
      const style = day ? { dateStyle: "medium" } : { year: "numeric", month: "long" };
      return new Date(year, month - 1, day || 1).toLocaleDateString(this.locale, style);
    }

    /** An article's address, or that in the service. */
    address(article) {
      return followable(article.url) || `${this.service}article/${encodeURIComponent(article.id)}`;
    }

    written(article, rest) {
      return { lang: article.language || null, dir: "auto", ...rest };
    }

    /** A link to an article that tells the page when it is followed. */
    link(article, attributes, ...children) {
      const link = h("a", this.written(article, { href: this.address(article), ...attributes }), ...children);
      link.onclick = (event) => {
        if (!this.tell("readmore-select", { article, url: link.href })) event.preventDefault();
      };
      return link;
    }

    date(article) {
      return article.date && h("time", { datetime: article.date }, this.day(article.date));
    }

    meta(tag, ...parts) {
      const shown = parts.filter(Boolean).map((part) => (part.tagName ? part : auto(part)));
      return shown.length > 0 && h(tag, { part: "meta" }, ...shown.map((part, at) => (at ? [" · ", part] : part)));
    }

    get level() {
      return Math.min(5, Math.max(1, parseInt(this.getAttribute("heading-level"), 10) || 2));
    }

    image(article) {
      const source = followable(article.image?.url);
      return source && h("img", { part: "image", src: source, alt: article.image.alt || "", loading: "lazy" });
    }

    /** Dispatches an event that leaves the shadow; false if the page has taken over. */
    tell(name, detail) {
      return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
    }

    /** Has the service count, where the page asks for it and the reader does not object. */
    count(event) {
      if (!this.hasAttribute("count") || navigator.doNotTrack === "1" || navigator.globalPrivacyControl) return;
      const body = JSON.stringify(event);
      fetch(`${this.service}api/v1/events`, {
        method: "POST",
        body,
        keepalive: true,
        credentials: "omit",
        headers: this.headers,
      }).catch(() => {});
    }
  }

  // --- <readmore-search>

  const PER_PAGE = 10;
  const TYPING = 30; // milliseconds until what was typed is looked up
  const SPEAKING = 600; // until a screen reader is told
  const owners = new Map(); // which box of the page an address's parameter belongs to

  /** The box, and what is offered under it: the ARIA Authoring Practices' combobox with a list box. */
  class Box {
    constructor(widget) {
      this.widget = widget;
      this.options = [];
      this.active = -1;
      this.build();
      this.listen();
    }

    build() {
      const { widget } = this;
      const { words } = widget;
      this.input = h("input", {
        part: "input",
        id: "q",
        name: widget.param,
        type: "search",
        role: "combobox",
        "aria-expanded": "false",
        "aria-controls": "list",
        "aria-autocomplete": "list",
        autocomplete: "off",
        autocapitalize: "none",
        spellcheck: "false",
        maxlength: 10000,
        required: true,
        dir: "auto",
        placeholder: widget.getAttribute("placeholder") || words.placeholder,
      });
      this.popup = h("div", {
        part: "popup",
        id: "list",
        role: "listbox",
        "aria-label": words.suggestions,
        hidden: true,
      });
      this.status = h("p", { part: "sr", role: "status" });
      const label = h("label", { part: "sr", for: "q" }, widget.getAttribute("label") || words.search);
      const field = h(
        "div",
        { part: "field" },
        this.input,
        h("button", { part: "button", type: "submit" }, words.search),
        this.popup,
      );
      const kept = [...(widget.fallback?.querySelectorAll("input[type=hidden]") || [])].map((each) => each.cloneNode());
      this.form = h("form", { part: "form", role: "search", action: widget.page, method: "get" }, label, field, kept);
    }

    listen() {
      const { input, popup, form, widget } = this;
      input.oninput = (event) => event.isComposing || this.typed();
      input.addEventListener("compositionend", () => this.typed());
      input.onkeydown = (event) => this.pressed(event);
      input.onclick = () => this.options.length && this.open();
      form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || this.close());
      popup.onpointerdown = (event) => event.preventDefault(); // the focus stays in the box
      form.onsubmit = (event) => {
        this.forget();
        if (widget.submit(input.value)) event.preventDefault();
      };
    }

    typed() {
      clearTimeout(this.timer);
      this.move(-1);
      const text = this.input.value.trim();
      if (text) this.timer = setTimeout(() => this.look(text), TYPING);
      else this.forget();
    }

    /** Closes the list. */
    forget() {
      clearTimeout(this.timer);
      clearTimeout(this.speech);
      this.widget.line.hangUp();
      this.options = [];
      this.close();
    }

    async look(text) {
      const { widget } = this;
      const limit = Math.min(parseInt(widget.getAttribute("suggestions"), 10) || 6, 20);
      const filter = widget.getAttribute("filter");
      const asked = new URLSearchParams({ q: text, limit, ...(filter && { filter }) });
      const addresses = [`suggest?${asked}`, `search?${asked}`];
      try {
        const answers = await widget.line.ask(addresses, widget);
        if (answers) this.offer(text, limit, ...answers);
      } catch {
        this.forget(); // a plain form
      }
    }

    offer(text, limit, { queries, names = [], articles }, { hits, total, correction }) {
      const { widget } = this;
      const seen = new Set(articles.map((article) => article.id));
      const all = [...articles, ...hits.filter((hit) => !seen.has(hit.id))].slice(0, limit);
      const words = queries
        .filter((query) => query.toLowerCase() !== text.toLowerCase())
        .slice(0, 3)
        .map((query) => this.query(query, query));
      for (const { field, value, count, query } of names.slice(0, 3)) {
        words.push(this.query(query, [value, " ", widget.meta("small", widget.words[field], widget.number(count))]));
      }
      if (!queries.length && correction)
        words.push(this.query(correction.query, widget.text("meant", correction.query)));
      const reading = all.map((article) =>
        widget.link(
          article,
          { role: "option", part: "option" },
          marked(article.title_html),
          widget.meta("span", widget.date(article), article.section),
        ),
      );
      const rest = total > all.length ? [this.query(text, widget.text("all", `“${text}”`), "option all")] : [];
      const chosen = this.options[this.active]?.href; // stays so
      const groups = [
        ["suggestions", words],
        ["articles", reading],
        ["search", rest],
      ].filter(([, options]) => options.length);
      this.popup.replaceChildren(
        ...groups.map(([name, options]) =>
          h("div", { part: "group", role: "group", "aria-label": widget.words[name] }, options),
        ),
      );
      this.options = [...this.popup.querySelectorAll("a")];
      this.options.forEach((option, at) =>
        Object.assign(option, { id: `o${at}`, tabIndex: -1, ariaSelected: "false" }),
      );
      this.speak(`${widget.words.suggestions}: ${widget.number(this.options.length)}`, SPEAKING);
      if (this.options.length && widget.shadowRoot.activeElement === this.input) this.open();
      else this.close();
      this.move(this.options.findIndex((option) => option.href === chosen));
    }

    /** An option that searches for `text`. */
    query(text, shown, part = "option") {
      const { widget } = this;
      const option = h(
        "a",
        { role: "option", part, href: widget.addressOf(new URLSearchParams({ q: text })), dir: "auto" },
        shown,
      );
      option.onclick = (event) => {
        if (!isPlainClick(event)) return;
        this.forget();
        if (widget.submit(text)) event.preventDefault();
      };
      return option;
    }

    pressed(event) {
      if (event.isComposing || event.keyCode === 229) return; // the keys are the input method's
      const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
      const places = this.options.length + 1; // the box itself is the last of them, -1
      const isOpen = !this.popup.hidden;
      if (/^Arrow(Down|Up)$/.test(key) && places > 1) {
        const step = key === "ArrowDown" ? 1 : -1;
        if (altKey && step < 0) this.close();
        else this.open();
        if (!altKey) this.move(((this.active + 1 + step + places) % places) - 1);
      } else if (key === "Enter" && this.options[this.active]) {
        this.options[this.active].dispatchEvent(
          new MouseEvent("click", { bubbles: true, cancelable: true, composed: true, ctrlKey, metaKey, shiftKey }),
        );
      } else if (key === "Escape" && isOpen) this.close();
      else return;
      event.preventDefault();
    }

    move(to) {
      const { input, options, popup } = this;
      if (options[this.active]) options[this.active].ariaSelected = "false";
      this.active = to;
      const option = options[to];
      if (!option) return input.removeAttribute("aria-activedescendant");
      option.ariaSelected = "true";
      input.setAttribute("aria-activedescendant", option.id);
      const top = option.getBoundingClientRect().top - popup.getBoundingClientRect().top - popup.clientTop;
      popup.scrollTop += Math.min(top, Math.max(0, top + option.offsetHeight - popup.clientHeight));
    }

    open() {
      this.popup.hidden = false;
      this.input.ariaExpanded = "true";
    }

    close() {
      this.move(-1);
      this.popup.hidden = true;
      this.input.ariaExpanded = "false";
    }

    speak(text, after) {
      clearTimeout(this.speech);
      this.speech = setTimeout(() => (this.status.textContent = text), after);
    }
  }

  /** What is asked, back on the first page, with other values in the place of some. */
  const altered = (asked, changes) => {
    const next = new URLSearchParams(asked);
    for (const [name, value] of Object.entries({ page: "", ...changes })) {
      next.delete(name);
      [value].flat().forEach((each) => each && next.append(name, each));
    }
    return next;
  };

  /** What is asked is a URLSearchParams: q, page, from, until, exact, and the fields that are filtered by. In the
   *  page's address its names begin with that of the query: q=moon, q-section=MARS, q-from=2024-01-01. */
  class Search extends Widget {
    start() {
      const typed = this.box?.input.value;
      this.fallback = this.querySelector("form");
      this.box = new Box(this);
      this.results = h("div", { part: "results" });
      this.frame(this.box.form, this.box.status, this.results);
      this.isHere = (this.getAttribute("results") || (this.hasAttribute("action") ? "page" : "here")) === "here";
      if (!owners.get(this.param)?.isConnected) owners.set(this.param, this);
      this.returned ??= () => this.restore();
      addEventListener("popstate", this.returned);
      this.asked = null;
      this.restore();
      if (typed) this.box.input.value = typed;
    }

    disconnectedCallback() {
      super.disconnectedCallback();
      removeEventListener("popstate", this.returned);
    }

    /** The query's name in addresses, here and where the form is sent. */
    get param() {
      return this.getAttribute("param") || this.fallback?.querySelector("input:not([type=hidden])")?.name || "q";
    }

    /** The page that has results where this one cannot. */
    get page() {
      return this.getAttribute("action") || this.fallback?.getAttribute("action") || `${this.service}search`;
    }

    get facets() {
      return tokens(this.getAttribute("facets"));
    }

    get ownsAddress() {
      return this.isHere && owners.get(this.param) === this;
    }

    addressOf(asked) {
      const { param } = this;
      const address = new URL(this.isHere ? location.href : this.page, location.href);
      const params = address.searchParams;
      for (const name of [...params.keys()]) if (name === param || name.startsWith(`${param}-`)) params.delete(name);
      for (const [name, value] of asked) params.append(name === "q" ? param : `${param}-${name}`, value);
      return address.href;
    }

    /** Shows what the address asks for. */
    restore() {
      if (!this.ownsAddress) return;
      const { param } = this;
      const asked = new URLSearchParams();
      for (const [name, value] of new URLSearchParams(location.search)) {
        if (name === param) asked.set("q", value.trim());
        else if (name.startsWith(`${param}-`)) asked.append(name.slice(param.length + 1), value);
      }
      if (`${asked}` === `${this.asked || ""}`) return; // another part of the address changed
      this.box.forget();
      this.box.input.value = asked.get("q") || "";
      this.asked = asked;
      if (asked.get("q")) this.show(asked);
      else this.results.replaceChildren();
    }

    /** Searches for what was typed; false where another page has to. */
    submit(text) {
      const q = text.trim();
      if (!q || !this.isHere) return false;
      this.go(new URLSearchParams({ q }));
      return true;
    }

    /** Goes to other results; the back button leaves them. */
    go(asked) {
      this.box.input.value = asked.get("q");
      if (this.ownsAddress) history.pushState(history.state, "", this.addressOf(asked));
      this.asked = asked;
      return this.show(asked, true);
    }

    question(asked) {
      const of = (name, pattern) => pattern.exec(asked.get(name))?.[0];
      const page = Math.min(of("page", /^\d{1,4}$/) || 1, 1001);
      const params = new URLSearchParams({ q: asked.get("q"), limit: PER_PAGE, offset: (page - 1) * PER_PAGE });
      for (const field of this.facets) {
        params.append("facet", field);
        asked.getAll(field).forEach((value) => params.append(field, value));
      }
      const [filter, from, until] = [this.getAttribute("filter"), of("from", DAY), of("until", DAY)];
      const conditions = [filter && `(${filter})`, from && `date >= ${from}`, until && `date <= ${until}`].filter(
        Boolean,
      );
      if (conditions[0]) params.set("filter", conditions.join(" AND "));
      if (this.hasAttribute("sort")) params.set("sort", this.getAttribute("sort"));
      if (asked.get("exact")) params.set("typos", "off");
      return [`search?${params}`, page];
    }

    async show(asked, isNew = false) {
      const [question, page] = this.question(asked);
      const q = asked.get("q");
      this.results.ariaBusy = "true";
      try {
        const answers = await this.line.ask([question], this);
        if (!answers) return;
        const [answer] = answers;
        if (isNew && followable(answer.redirect)) return location.assign(answer.redirect);
        this.fill(answer, asked, page);
        this.box.speak(this.results.firstChild.textContent, 0);
        if (isNew && page === 1) this.count({ type: "search", query: q, total: answer.total });
        this.tell("readmore-search", { query: q, total: answer.total });
      } catch (error) {
        this.fail(q, isNew, error);
      }
      this.results.ariaBusy = null;
    }

    /** The search page takes over where there is no answer. */
    fail(q, isNew) {
      const page = new URL(this.page, location.href);
      page.searchParams.set(this.param, q);
      const isOther = page.origin + page.pathname !== location.origin + location.pathname;
      if (isNew && isOther) return location.replace(page);
      this.results.replaceChildren(
        h(
          "p",
          { part: "alert", role: "alert" },
          this.words.failed,
          " ",
          isOther && h("a", { href: page }, this.words.search),
        ),
      );
    }

    /** Shows the answer; what had the focus has it again. */
    fill(answer, asked, page) {
      const focused = this.shadowRoot.activeElement?.dataset.key;
      const { words, level } = this;
      const head = answer.total
        ? this.text("found", this.number(answer.total))
        : this.text("nothing", quoted(asked.get("q")));
      const filters = this.filters(answer, asked, this.results.querySelector("details")?.open);
      const hits = h(
        "ol",
        { part: "hits" },
        answer.hits.map((hit) => this.hit(hit, level + 1)),
      );
      this.results.replaceChildren(
        h(`h${level}`, { part: "count", tabindex: -1 }, head),
        ...this.notes(answer, asked),
        h(
          "div",
          { part: filters ? "asked two" : "asked" },
          filters,
          h("div", {}, hits, this.pages(answer, asked, page)),
        ),
      );
      if (focused)
        [...this.results.querySelectorAll("[data-key]")].find((each) => each.dataset.key === focused)?.focus();
    }

    notes({ correction, notes }, asked) {
      const said = /^en/i.test(this.locale) ? (correction ? notes.slice(0, -1) : notes) : []; // the last is the correction's
      const lines = said.map((note) => h("p", { part: "note meta" }, note));
      if (!correction) return lines;
      const meant = correction.is_shown
        ? [
            this.text("shown", quoted(correction.query)),
            ". ",
            this.to(altered(asked, { exact: "1" }), this.text("instead", quoted(asked.get("q")))),
          ].flat()
        : this.to(altered(asked, { q: correction.query }), this.text("meant", quoted(correction.query)));
      return [h("p", { part: "note" }, meant), ...lines];
    }

    /** A link to other results of this page. */
    to(asked, ...children) {
      const link = h("a", { href: this.addressOf(asked) }, ...children);
      link.onclick = (event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        this.go(asked).then(() => this.results.querySelector(".count")?.focus());
      };
      return link;
    }

    hit(hit, level) {
      const title = h(`h${level}`, { part: "title" }, this.link(hit, {}, marked(hit.title_html)));
      const excerpt =
        hit.excerpt_html && h("p", { part: "excerpt" }, auto(marked(hit.excerpt_html), this.written(hit)));
      return h(
        "li",
        { part: "hit" },
        h("div", {}, title, excerpt, this.meta("p", this.date(hit), hit.section, hit.site)),
        this.image(hit),
      );
    }

    pages({ total }, asked, page) {
      const last = Math.ceil(total / PER_PAGE);
      if (last < 2) return "";
      const here = this.text("page", `${this.number(page)} / ${this.number(last)}`);
      const to = (number, name) =>
        number > 0 && number <= last && this.to(altered(asked, { page: number }), this.words[name]);
      return h(
        "nav",
        { part: "pages", "aria-label": here.join("") },
        to(page - 1, "previous"),
        h("span", {}, here),
        to(page + 1, "next"),
      );
    }

    // what narrows them down

    filters({ facets = [] }, asked, isOpen) {
      const { words } = this;
      const go = (changes) => this.go(altered(this.asked, changes));
      const parts = facets.filter((facet) => facet.values.length).map((facet) => this.facet(facet, asked, go));
      if (this.hasAttribute("dates")) {
        for (const end of ["from", "until"]) parts.push(this.end(end, asked, go));
      }
      if (!parts.length) return null;
      const names = [...this.facets, "from", "until"];
      const chosen = names.flatMap((name) => asked.getAll(name)).length;
      const clear = chosen > 0 && h("button", { part: "clear", type: "button", "data-key": "clear" }, words.clear);
      if (clear) clear.addEventListener("click", () => go(Object.fromEntries(names.map((name) => [name]))));
      const summary = h("summary", {}, words.filters, chosen ? ` (${this.number(chosen)})` : "");
      return h(
        "details",
        { open: isOpen ?? (this.clientWidth >= 704 || chosen > 0) },
        summary,
        h("div", { part: "filters" }, parts, clear),
      );
    }

    facet({ field, values, interval }, asked, go) {
      const shown = interval ? values.filter((each) => each.count || each.selected).reverse() : values;
      const rows = shown.slice(0, 12).map(({ value, count }) => {
        const box = h("input", { type: "checkbox", checked: asked.has(field, value), "data-key": `${field}=${value}` });
        box.addEventListener("change", () => {
          const others = this.asked.getAll(field).filter((each) => each !== value);
          go({ [field]: box.checked ? [...others, value] : others });
        });
        return h(
          "label",
          { part: "value" },
          box,
          auto(interval ? this.day(value) : value),
          this.meta("span", this.number(count)),
        );
      });
      return h("fieldset", { part: "facet" }, h("legend", {}, this.words[field] || field), rows);
    }

    /** The first or the last day. */
    end(name, asked, go) {
      const field = h("input", { type: "date", value: asked.get(name), "data-key": name });
      field.addEventListener("change", () => /^0/.test(field.value) || go({ [name]: field.value })); // half a year
      return h("label", { part: "choice" }, h("b", {}, this.words[name]), field);
    }
  }

  // --- <readmore-related>

  const MOST_GROUPS = 3;
  const MOST_LEFT_OUT = 40; // links of the page
  const bare = (address) => address.replace(/#.*/, "");

  class Related extends Widget {
    static observedAttributes = ["article", "url"]; // another article, in the same page

    attributeChangedCallback(name, before, now) {
      if (this.items && before !== now) this.start();
    }

    disconnectedCallback() {
      super.disconnectedCallback();
      this.watch?.disconnect();
    }

    get layout() {
      return /^(list|cards)$/.exec(this.getAttribute("layout"))?.[0] || "groups";
    }

    start() {
      this.line.hangUp();
      this.items = Math.min(20, Math.max(1, parseInt(this.getAttribute("items"), 10) || 6));
      if (this.firstElementChild) return this.keep();
      this.block = h("div", { part: `related ${this.layout} waiting` });
      const { items } = this; // for them in one, two or three columns
      const room = { n0: items - 1, n1: items, n2: Math.ceil(items / 2), n3: Math.ceil(items / 3), g: MOST_GROUPS };
      for (const [name, value] of Object.entries(room)) this.block.style.setProperty(`--${name}`, value);
      this.hidden = false;
      this.frame(h("div", { part: "room" }, this.block));
      this.when(
        (entry) => entry.isIntersecting,
        () => this.load(),
        "600px 0px",
      );
    }

    /** Does something once the block is in the window, or not. */
    when(holds, then, margin = "0px") {
      this.watch?.disconnect();
      this.watch = new IntersectionObserver(
        (entries) => {
          if (!holds(entries.at(-1))) return;
          this.watch.disconnect();
          then();
        },
        { rootMargin: margin },
      );
      this.watch.observe(this);
    }

    /** What the server rendered stays; clicks are counted. */
    keep() {
      this.shadowRoot.replaceChildren(h("slot", {}));
      this.onclick = (event) => {
        const link = event.target.closest("[data-article]");
        const links = [...this.querySelectorAll("[data-article]")];
        this.articles = [...new Set(links.map((each) => each.dataset.article))];
        this.from = this.querySelector("[data-from]")?.dataset.from;
        if (link && this.from) this.followed(link.dataset.article);
      };
    }

    followed(to) {
      this.count({ type: "click", from: this.from, to, shown: this.articles.slice(0, 30) });
    }

    /** The address of the article that the page is of. */
    get page() {
      return (
        this.getAttribute("url") || document.querySelector('link[rel~="canonical"][href]')?.href || bare(location.href)
      );
    }

    /** What the page names or links to already. */
    get shown() {
      const places = this.getAttribute("exclude-links") ?? "main, article";
      const links = places ? [...document.querySelectorAll(`:is(${places}) a[href]`)] : [];
      const own = [this.page, bare(location.href)];
      const linked = links
        .map((link) => bare(link.href))
        .filter((address) => /^https?:.{1,500}$/.test(address) && !own.includes(address));
      return [...tokens(this.getAttribute("exclude")), ...[...new Set(linked)].slice(0, MOST_LEFT_OUT)].slice(0, 200);
    }

    get question() {
      const article = this.getAttribute("article");
      const params = new URLSearchParams({ ...(article ? { id: article } : { url: this.page }), items: this.items });
      if (this.layout === "groups") params.set("groups", MOST_GROUPS);
      else params.set("form", "list");
      for (const name of ["section", "site", "language", "since", "until"]) {
        if (this.hasAttribute(name)) params.set(name, this.getAttribute(name));
      }
      this.shown.forEach((each) => params.append("exclude", each));
      return `block?${params}`;
    }

    async load() {
      let answers = [{}];
      await parsed(); // what the page shows is known
      try {
        answers = await this.line.ask([this.question], this);
      } catch {}
      if (answers) this.fill(answers[0]);
    }

    fill({ id, lead, groups = [], items = [] }) {
      const all = [lead, ...groups.flatMap((group) => group.items), ...items].filter(Boolean);
      this.articles = all.map((item) => item.id);
      this.from = id;
      if (all.length) this.block.append(...this.contents(lead, groups, items));
      this.settle(() => {
        this.block.classList.remove("waiting");
        this.hidden = !all.length;
      });
      this.tell("readmore-related", { articles: all });
    }

    /** Gives back the room that was kept, once nobody sees what moves up for it, or has done something. */
    settle(then) {
      const { block } = this;
      const give = () => block === this.block && then();
      for (const done of ["click", "keydown", "resize"]) addEventListener(done, give, { once: true });
      const below = document.createRange();
      below.setStartAfter(this);
      below.setEndAfter(document.body);
      const { top, bottom } = this.getBoundingClientRect();
      const isLast = !scrollY && document.contains(this) && below.getBoundingClientRect().bottom <= bottom;
      if (isLast || top >= innerHeight) give();
      else this.when((entry) => !entry.isIntersecting, give);
    }

    contents(lead, groups, items) {
      const { level } = this;
      const heading = this.getAttribute("heading") ?? this.words.related;
      const named = ({ name, items }) => [name && h(`h${level + 1}`, { part: "name" }, auto(name)), this.list(items)];
      return [
        heading && h(`h${level}`, { part: "heading" }, auto(heading)),
        lead
          ? h(
              "div",
              { part: groups.length ? "both" : "" },
              this.lead(lead, level + 1),
              h("div", {}, groups.flatMap(named)),
            )
          : this.list(items),
      ].filter(Boolean);
    }

    /** A link that is counted when it is followed. */
    offer(item) {
      const link = this.link(item, { part: "link" }, item.title);
      link.addEventListener("click", () => this.followed(item.id)); // beside its own
      link.addEventListener("auxclick", (event) => event.button === 1 && this.followed(item.id));
      return link;
    }

    why(item) {
      const reason = this.getAttribute("reasons") === "off" ? "" : item.reason;
      const shown = reason && auto(reason[0].toLocaleUpperCase() + reason.slice(1), { part: "reason" });
      return this.meta("p", this.date(item), shown);
    }

    lead(item, level) {
      const title = h(`h${level}`, { part: "title clamp" }, this.offer(item));
      const excerpt = item.excerpt && h("p", { part: "excerpt clamp" }, auto(item.excerpt, this.written(item)));
      return h(
        "div",
        { part: "lead" },
        this.image(item),
        this.meta("p", item.section, item.site),
        title,
        excerpt,
        this.why(item),
      );
    }

    list(items) {
      const hasImages = this.layout === "cards" && items.some((item) => item.image);
      const row = (item) =>
        h(
          "li",
          { part: "item" },
          hasImages && this.image(item),
          h("p", { part: "title clamp" }, this.offer(item)),
          this.why(item),
        );
      return h("ul", { part: "items" }, items.map(row));
    }
  }

  // --- the elements

  if (!customElements.get("readmore-search")) {
    customElements.define("readmore-search", Search);
    customElements.define("readmore-related", Related);
    parsed().then(watchThemes);
  }

  // <script src=".../readmore.js" data-widget="search"></script>: the script and the element in one
  if (me?.dataset.widget) {
    const element = h(`readmore-${me.dataset.widget}`, {});
    for (const { name, value } of me.attributes) if (/^data-/.test(name)) element.setAttribute(name.slice(5), value);
    if (me.closest("head")) parsed().then(() => document.body.append(element));
    else me.after(element);
  }
})();
