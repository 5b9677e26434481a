import { Button, Drawer, FocusModal, Heading, Text } from "@medusajs/ui"
import type { FormEvent, ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { useGuardedClose } from "../hooks/use-guarded-close"
import { DiscardPrompt } from "./discard-prompt"

export type ModalFormProps = {
  /** A drawer beside the page for a few fields, or a window over all of it for many. */
  as: "drawer" | "window"
  title: string
  /** What the form is for; `isTextHidden` leaves it to those who have it read out. */
  text: string
  isTextHidden?: boolean
  /** Something was typed that closing would throw away, so closing asks first. */
  isChanged: boolean
  close: () => void
  submit: () => void
  submitText: string
  cancelText?: string
  /** The form can be sent as it stands. */
  isReady?: boolean
  isPending?: boolean
  isDangerous?: boolean
  /** What belongs to no field. */
  error?: string
  children: ReactNode
}

/** The frame of every form in a dialog: its head, its two buttons, and the question before what was typed is thrown away. */
export function ModalForm(props: ModalFormProps) {
  const { as, close, isChanged, isReady = true, submit } = props
  const guard = useGuardedClose(isChanged, close)
  const Frame = as === "drawer" ? DrawerFrame : WindowFrame

  function send(event: FormEvent) {
    event.preventDefault()
    // The form of a dialog within a dialog is no child of the outer form, but React hands its events on to it.
    event.stopPropagation()
    if (isReady) {
      submit()
    }
  }

  return (
    <Frame {...props} onOpenChange={guard.onOpenChange} send={send}>
      {props.children}
      {props.error && (
        <Text size="small" className="text-ui-fg-error break-words" role="alert">
          {props.error}
        </Text>
      )}
      <DiscardPrompt guard={guard} />
    </Frame>
  )
}

type FrameProps = ModalFormProps & { onOpenChange: (open: boolean) => void; send: (event: FormEvent) => void }

function DrawerFrame({ onOpenChange, send, children, ...props }: FrameProps) {
  return (
    <Drawer open onOpenChange={onOpenChange}>
      <Drawer.Content onEscapeKeyDown={leaveToSearch}>
        <form onSubmit={send} noValidate className="flex flex-1 flex-col overflow-hidden">
          <Drawer.Header>
            <Drawer.Title>{props.title}</Drawer.Title>
            <Drawer.Description className={props.isTextHidden ? "sr-only" : undefined}>{props.text}</Drawer.Description>
          </Drawer.Header>
          <Drawer.Body className="flex flex-1 flex-col gap-y-6 overflow-y-auto">{children}</Drawer.Body>
          <Drawer.Footer>
            <Buttons {...props} cancel={() => onOpenChange(false)} />
          </Drawer.Footer>
        </form>
      </Drawer.Content>
    </Drawer>
  )
}

function WindowFrame({ onOpenChange, send, children, ...props }: FrameProps) {
  return (
    <FocusModal open onOpenChange={onOpenChange}>
      <FocusModal.Content onEscapeKeyDown={leaveToSearch}>
        <form onSubmit={send} noValidate className="flex h-full flex-col overflow-hidden">
          <FocusModal.Header />
          <FocusModal.Body className="flex flex-1 flex-col items-center overflow-y-auto">
            <div className="flex w-full max-w-[720px] flex-col gap-y-8 px-4 py-8 sm:py-16">
              <div>
                <FocusModal.Title asChild>
                  <Heading>{props.title}</Heading>
                </FocusModal.Title>
                <FocusModal.Description asChild>
                  <Text size="small" className={props.isTextHidden ? "sr-only" : "text-ui-fg-subtle"}>
                    {props.text}
                  </Text>
                </FocusModal.Description>
              </div>
              {children}
            </div>
          </FocusModal.Body>
          <FocusModal.Footer>
            <Buttons {...props} cancel={() => onOpenChange(false)} />
          </FocusModal.Footer>
        </form>
      </FocusModal.Content>
    </FocusModal>
  )
}

type ButtonsProps = Pick<ModalFormProps, "submitText" | "cancelText" | "isReady" | "isPending" | "isDangerous"> & { cancel: () => void }

function Buttons({ submitText, cancelText, isReady = true, isPending, isDangerous, cancel }: ButtonsProps) {
  const { t } = useTranslation()
  return (
    <>
      <Button type="button" size="small" variant="secondary" onClick={cancel}>
        {cancelText ?? t("metaCatalog.action.cancel")}
      </Button>
      <Button type="submit" size="small" variant={isDangerous ? "danger" : "primary"} disabled={!isReady} isLoading={isPending}>
        {submitText}
      </Button>
    </>
  )
}

/** Escape in a search within the form ends that search, not the form. */
function leaveToSearch(event: Event): void {
  if (event.target instanceof Element && event.target.closest("[data-ends-on-escape]")) {
    event.preventDefault()
  }
}
