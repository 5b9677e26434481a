import { useEffect, useState } from "react"

const typingPause = 400

/** The value as it was when it last stood still for a moment. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  const text = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as Value), typingPause)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
