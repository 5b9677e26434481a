import { useEffect, useState } from "react"
import type { AdminConnectionTest } from "../../api/admin/meta-catalog/catalog-types"
import { fieldMessages } from "../lib/api-error"
import { catalogFormFields, type CatalogFormErrors, type CatalogFormValues, isDirty } from "../lib/catalog-form"

type Check = AdminConnectionTest["checks"][number]

/** Which field a failed check is about, so its message can stand there; none where no field can help. */
function fieldOf({ check, code }: Check): keyof CatalogFormValues | undefined {
  if (code === "app_secret_refused" || code === "signature_wrong") {
    return "app_secret"
  }
  const fields: Record<string, keyof CatalogFormValues> = { token: "access_token", permissions: "access_token", catalog: "meta_catalog_id" }
  return fields[check]
}

/** State of the connect form. A failed request never changes what was typed; it only adds messages. */
export function useCatalogForm(start: CatalogFormValues) {
  const [values, setValues] = useState(start)
  const [errors, setErrors] = useState<CatalogFormErrors>({})

  function set<K extends keyof CatalogFormValues>(field: K, value: CatalogFormValues[K]) {
    setValues((current) => ({ ...current, [field]: value }))
    setErrors(({ [field]: _solved, form: _form, ...rest }) => rest)
  }

  const [shown, setShown] = useState(0)
  useEffect(() => {
    const first = catalogFormFields.find((field) => errors[field])
    if (first) {
      document.getElementById(first)?.focus()
      document.getElementById(`${first}-error`)?.scrollIntoView({ block: "nearest" })
    }
    // Only when messages arrive: moving the focus while a person corrects them one by one would be in the way.
  }, [shown])

  /** Puts messages at their fields and moves the focus to the first of them. */
  function show(messages: CatalogFormErrors) {
    setErrors(messages)
    setShown((count) => count + 1)
  }

  function showThrown(error: unknown) {
    show(fieldMessages(error, catalogFormFields))
  }

  function showTest(test: AdminConnectionTest) {
    const failed = test.checks.filter((check) => check.ok === false)
    show(Object.fromEntries(failed.flatMap((check) => (fieldOf(check) ? [[fieldOf(check), check.message]] : []))))
  }

  return { values, errors, set, show, showThrown, showTest, dirty: isDirty(values, start) }
}

export type CatalogFormState = ReturnType<typeof useCatalogForm>
