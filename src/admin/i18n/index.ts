import de from "./de.json"
import en from "./en.json"
import es from "./es.json"
import fr from "./fr.json"

/** Texts by language, all below the key `metaCatalog`, merged by the dashboard into its own. */
export default {
  en: { translation: en },
  de: { translation: de },
  es: { translation: es },
  fr: { translation: fr },
}
