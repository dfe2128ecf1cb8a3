/** The script defines both elements when it is loaded; it exports nothing. */
export {};

/** An article in an answer of the service. */
export interface ReadmoreArticle {
  id: string;
  /** Plain text. */
  title: string;
  /** Where it was published; empty for an article that only the service has. */
  url: string;
  /** ISO 8601, with the time zone. */
  date: string | null;
  section: string;
  site: string;
  authors: string[];
  dateline: string;
  language: string;
  image?: { url: string; alt?: string } | null;
}

/** What both elements take. */
export interface ReadmoreAttributes {
  /** Where the service is; that of the script if not given. */
  service?: string;
  /** A key with the scope `search`, where reading needs one. It is public: give it a rate. */
  key?: string;
  /** `light` or `dark`; as the page is if not given. */
  scheme?: string;
  /** Counts searches and clicks where the service does, unless the reader asks not to be tracked. */
  count?: boolean | "";
  /** The level of the heading, 1 to 5; 2 if not given. */
  "heading-level"?: number | `${number}`;
}

export interface ReadmoreSearchAttributes extends ReadmoreAttributes {
  /** What a screen reader calls the box. */
  label?: string;
  placeholder?: string;
  /** `here`: results stand under the box; `page`: they are on the page `action`. */
  results?: "here" | "page";
  /** A page with results; with it they are not shown under the box. */
  action?: string;
  /** The name of the query in addresses; `q` if not given. */
  param?: string;
  /** Fields to filter by: `section year`. */
  facets?: string;
  /** Whether results can be narrowed down to days. */
  dates?: boolean | "";
  /** A field that results are sorted by, instead of by relevance: `-date`. */
  sort?: string;
  /** A condition in the filter language that always holds: `site = "Perihelion"`. */
  filter?: string;
  /** How many articles are offered while somebody types, 1 to 20; 6 if not given. */
  suggestions?: number | `${number}`;
}

export interface ReadmoreRelatedAttributes extends ReadmoreAttributes {
  layout?: "groups" | "list" | "cards";
  /** The article, by its id. */
  article?: string;
  /** The article, by its address; the page's canonical link, or its own address, if not given. */
  url?: string;
  /** How many articles at most, 1 to 20; 6 if not given. */
  items?: number | `${number}`;
  /** Ids or addresses that are not to be offered, with spaces between them. */
  exclude?: string;
  /** A selector of the places whose links are not to be offered; `main, article` if not given, empty for none. */
  "exclude-links"?: string;
  reasons?: "off";
  /** The heading; empty for none. */
  heading?: string;
  section?: string;
  site?: string;
  language?: string;
  /** Only articles from this day on, or up to it: `2024-03-18`. */
  since?: string;
  until?: string;
}

export interface ReadmoreEventMap {
  /** Results are shown. */
  "readmore-search": CustomEvent<{ query: string; total: number }>;
  /** A block is shown, or nothing was found for it. */
  "readmore-related": CustomEvent<{ articles: ReadmoreArticle[] }>;
  /** An article was chosen. `preventDefault()` keeps the browser where it is. */
  "readmore-select": CustomEvent<{ article: ReadmoreArticle; url: string }>;
}

declare global {
  interface HTMLElementTagNameMap {
    "readmore-search": HTMLElement;
    "readmore-related": HTMLElement;
  }
  interface HTMLElementEventMap extends ReadmoreEventMap {}
}
