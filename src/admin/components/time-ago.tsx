import { useEffect, useState } from "react"
import { useFormatters } from "../hooks/use-formatters"

const tick = 10_000

/** A time as people say it ("5 minutes ago"), with the exact time on hover, kept current while it is on screen. */
export function TimeAgo({ time }: { time: string }) {
  const format = useFormatters()
  const [, redraw] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => redraw((count) => count + 1), tick)
    return () => clearInterval(timer)
  }, [])
  return (
    <time dateTime={time} title={format.time(time)}>
      {format.ago(time)}
    </time>
  )
}
