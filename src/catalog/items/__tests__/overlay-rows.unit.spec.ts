import { countryColumns, languageColumns, overrideHeader, supplementaryProblem } from "../overlay-rows"

test.each([
  ["https://shop.test/{handle}", false, false],
  ["https://shop.test/{country}/{handle}", true, false],
  ["https://shop.test/{locale}/{handle}", false, true],
  ["https://shop.test/{country}/{locale}/{handle}", true, false],
])("a link of %s differs by country: %s, by language alone: %s", (template, byCountry, byLanguage) => {
  expect(countryColumns(template).includes("link")).toBe(byCountry)
  expect(languageColumns(template).includes("link")).toBe(byLanguage)
})

test("no column is in both kinds, and what Meta takes in country feeds alone is in no language feed", () => {
  const language = languageColumns("https://shop.test/{locale}/{handle}")
  const country = countryColumns("https://shop.test/{country}/{handle}")
  expect(language.filter((column) => country.includes(column))).toEqual(["link"])
  for (const column of ["price", "sale_price", "unit_price", "status", "availability"]) expect(language).not.toContain(column)
  expect(country).not.toContain("availability")
  expect(overrideHeader(country)).toEqual(["id", "override", "price", "sale_price", "sale_price_effective_date", "link", "status", "delete"])
})

test.each([
  ["brand", false, null],
  ["custom_label_0", false, null],
  ["price", false, null],
  ["price", true, "cannot be put over an item while prices are pushed"],
  ["sale_price_effective_date", true, "cannot be put over an item while prices are pushed"],
  ["availability", false, "cannot be put over an item"],
  ["quantity_to_sell_on_facebook", false, "cannot be put over an item"],
  ["status", false, "cannot be put over an item"],
  ["id", false, "cannot be put over an item"],
  ["colour", false, "is no column of the feed"],
])("%s over an item, with prices pushed %s: %s", (column, pushesPrices, words) => {
  const problem = supplementaryProblem(column, { pushesPrices })
  if (words === null) expect(problem).toBeNull()
  else expect(problem).toContain(words)
})
