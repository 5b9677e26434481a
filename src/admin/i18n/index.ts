import en from "./en.json"

/** Texts by language, all below the key `metaCatalog`, merged by the dashboard into its own. */
export default {
  en: { translation: en },
}
