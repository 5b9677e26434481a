/** Languages that Meta names without a country (Meta: localized catalogs, supported languages). */
const WITHOUT_COUNTRY = new Set(["en", "es", "fr", "ja", "nl", "no", "pt", "tl"])

/** Languages whose country at Meta is not the one they are most spoken in. */
const OTHER_COUNTRY: Readonly<Record<string, string>> = { ar: "ar_AR", eo: "eo_EO", la: "la_VA", ku: "ku_TR", ckb: "cb_IQ", ceb: "cx_PH" }

/** Names of one language. */
const SAME_LANGUAGE: Readonly<Record<string, string>> = { nb: "no", nn: "no", fil: "tl", iw: "he", in: "id" }

/**
 * What Meta calls the language of a BCP 47 locale in an override feed: `fr-CA` is `fr_XX`, `de-AT` is `de_DE`, `zh-Hant` is `zh_TW`. Meta
 * has one of each language, Chinese excepted. Pure.
 *
 * @returns null for a text that is no locale.
 */
export function overrideLanguage(locale: string): string | null {
  const tag = parse(locale.replace(/_/g, "-"))
  if (!tag) return null
  const language = SAME_LANGUAGE[tag.language] ?? tag.language
  if (WITHOUT_COUNTRY.has(language)) return `${language}_XX`
  const known = OTHER_COUNTRY[language]
  if (known) return known
  if (language === "zh") return tag.maximize().script === "Hant" ? "zh_TW" : "zh_CN"
  const { region } = new Intl.Locale(language).maximize()
  return region && /^[a-z]{2}$/.test(language) ? `${language}_${region}` : null
}

function parse(locale: string): Intl.Locale | null {
  try {
    return new Intl.Locale(locale)
  } catch {
    return null
  }
}
