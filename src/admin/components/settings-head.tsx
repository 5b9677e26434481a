import { Container, Heading, Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import type { AdminCatalog } from "../../api/admin/meta-catalog/catalog-types"

/** Head of a page below a catalogue's: the way back, what the page is, what it is for. */
export function SettingsHead({ catalog, title, text }: { catalog: AdminCatalog; title: string; text: string }) {
  return (
    <Container className="flex flex-col gap-y-1 px-6 py-4">
      <Link
        to={`/settings/meta-catalog/${catalog.id}`}
        className="txt-small text-ui-fg-interactive hover:text-ui-fg-interactive-hover focus-visible:shadow-borders-focus self-start rounded outline-none"
      >
        ← {catalog.name}
      </Link>
      <Heading level="h1">{title}</Heading>
      <Text size="small" className="text-ui-fg-subtle">
        {text}
      </Text>
    </Container>
  )
}
