import { FIELD_RULES } from "../field-rules"

/** What a cell of a feed file becomes, or what is said against it. */
function check(field: string, raw: unknown): unknown {
  const checked = FIELD_RULES[field].check(raw, { kind: "feed", defaultCurrency: null }, field)
  return "value" in checked ? checked.value : `${checked.error_type}: ${checked.description}`
}

test.each([
  ["offer_price", "20.00 GBP", "20.00 GBP"],
  ["offer_price_effective_date", "2027-03-01T08:00+00:00/2027-03-08T23:59+00:00", "2027-03-01T08:00+00:00/2027-03-08T23:59+00:00"],
  ["unit_price", '{"value":"1.20","currency":"EUR","unit":"l"}', { value: "1.20", currency: "EUR", unit: "l" }],
  ["return_policy_info", '{"is_final_sale":"false","return_policy_days":"30"}', { is_final_sale: "false", return_policy_days: "30" }],
  ["importer_address", { street1: "1 Kiln Lane", country: "IN" }, { street1: "1 Kiln Lane", country: "IN" }],
  ["applink", '{"ios_url":"kiln://mug","android_package":"test.kiln"}', { ios_url: "kiln://mug", android_package: "test.kiln" }],
  ["disabled_capabilities", '["da","mini_shops"]', ["da", "mini_shops"]],
  ["disabled_capabilities", "da, mini_shops", ["da", "mini_shops"]],
  ["user_rating", "4.5", 4.5],
  ["rating_count", "1", 1],
  ["fb_product_category", "Home > Kitchen > Mugs", "Home > Kitchen > Mugs"],
  ["tax", "US:CA:9.25:y", "US:CA:9.25:y"],
  ["shipping", "PH::Air:300 PHP", "PH::Air:300 PHP"],
  ["brand", "👗".repeat(100), "👗".repeat(100)],
])("%s takes %j", (field, raw, value) => expect(check(field, raw)).toEqual(value))

test.each([
  ["offer_price", "20"],
  ["offer_price_effective_date", "2017-12-01T0:00-23:59"],
  ["unit_price", '{"value":"1,20","currency":"EUR","unit":"l"}'],
  ["unit_price", '{"value":"1.20","currency":"EUR"}'],
  ["return_policy_info", '{is_final_sale: "false"}'],
  ["return_policy_info", '{"is_final_sale":"perhaps"}'],
  ["importer_address", '{"street":"1 Kiln Lane"}'],
  ["importer_address", "1 Kiln Lane"],
  ["applink", '{"url":"kiln://mug"}'],
  ["disabled_capabilities", "everything"],
  ["user_rating", "5.1"],
  ["rating_count", "0"],
  ["fb_product_category", "Home > Mugs"],
  ["tax", "9.25"],
  ["shipping", "Britain::Air:3 GBP"],
  ["additional_variant_attribute", "Color:Blue"],
  ["brand", "👗".repeat(101)],
])("%s refuses %j", (field, raw) => expect(check(field, raw)).toMatch(/^(PROPERTY|UNSUPPORTED)_[A-Z_]+: /))
