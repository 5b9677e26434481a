import { overrideLanguage } from "../override-language"

test.each([
  ["fr-FR", "fr_XX"],
  ["fr_CA", "fr_XX"],
  ["en", "en_XX"],
  ["pt-BR", "pt_XX"],
  ["nb-NO", "no_XX"],
  ["de-AT", "de_DE"],
  ["it-IT", "it_IT"],
  ["pl", "pl_PL"],
  ["sv-SE", "sv_SE"],
  ["da-DK", "da_DK"],
  ["cs-CZ", "cs_CZ"],
  ["el-GR", "el_GR"],
  ["ko-KR", "ko_KR"],
  ["ar-EG", "ar_AR"],
  ["zh-CN", "zh_CN"],
  ["zh-Hant", "zh_TW"],
  ["zh-HK", "zh_TW"],
  ["he-IL", "he_IL"],
  ["fil-PH", "tl_XX"],
])("the language of %s is %s at Meta", (locale, language) => {
  expect(overrideLanguage(locale)).toBe(language)
})

test.each(["", "not a locale", "x", "haw-US"])("%j has no language at Meta", (locale) => {
  expect(overrideLanguage(locale)).toBeNull()
})
