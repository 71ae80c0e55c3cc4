/* What is typed, as an address; and links typed as Markdown. */
import { InputRule, Link } from "django-prose-editor/editor"

/* What is typed, as an address: of a page, of somebody, on this site, on this page; null when it is none. */
export function address(typed) {
  if (/\s/.test(typed)) return null
  if (/^(https?:\/\/[^/]+|mailto:[^@]+@[^@]+$|\/(?!\/)|#.)/i.test(typed)) return typed
  if (/^[^@/:]+@[^@/:]+\.[^@/:]+$/.test(typed)) return `mailto:${typed}`
  return /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#]|$)/u.test(typed) ? `https://${typed}` : null
}

export const TypedLink = Link.extend({
  inclusive: false,
  addInputRules() {
    const words = ({ state, range, match }) => {
      const href = address(match[2])
      if (!href) return null
      const link = this.type.create({ href })
      state.tr.replaceWith(range.from, range.to, state.schema.text(match[1], [link])).removeStoredMark(this.type)
    }
    return [...(this.parent?.() || []), new InputRule({ find: /\[([^[\]]+)\]\(([^\s()]+)\)$/, handler: words })]
  },
})
