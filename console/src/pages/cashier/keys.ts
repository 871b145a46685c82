// The keyboard of a counter: Enter goes to the next field, and from the last one the form is sent.
export function onward(event: KeyboardEvent): void {
  const here = event.target
  if (!(here instanceof HTMLInputElement || here instanceof HTMLSelectElement) || !here.form || event.isComposing) return
  const fields = [...here.form.elements].filter(
    (one): one is HTMLInputElement | HTMLSelectElement | HTMLButtonElement =>
      (one instanceof HTMLInputElement || one instanceof HTMLSelectElement || one instanceof HTMLButtonElement) && !one.disabled,
  )
  const next = fields[fields.indexOf(here) + 1]
  if (!next || next instanceof HTMLButtonElement) return
  event.preventDefault()
  next.focus()
}
