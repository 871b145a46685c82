// The theme's colours for charts, read from theme.css.
import type { EChartsOption } from 'echarts'

export interface Palette {
  /** Told apart by people who see colours otherwise, in this order. */
  series: string[]
  muted: string
  text: string
  quiet: string
  line: string
  surface: string
  positive: string
  negative: string
  family: string
  /** Pixels of normal text. */
  size: number
}

export function palette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(`--g-${name}`).trim()
  return {
    series: [1, 2, 3, 4, 5, 6].map((at) => colour(`series-${at}`)),
    muted: colour('series-muted'),
    text: colour('text'),
    quiet: colour('muted'),
    line: colour('line'),
    surface: colour('raised'),
    positive: colour('positive'),
    negative: colour('negative'),
    family: getComputedStyle(document.body).fontFamily,
    size: Math.round(parseFloat(style.fontSize) * 0.8125),
  }
}

/** What every chart begins with. The tooltip is drawn, not an element: its inline styles would break the content policy. */
export function themed(colours: Palette): EChartsOption {
  return {
    color: colours.series,
    backgroundColor: 'transparent',
    textStyle: { color: colours.text, fontSize: colours.size, fontFamily: colours.family },
    aria: { enabled: true },
    grid: { left: 8, right: 16, top: 40, bottom: 8 },
    legend: { top: 0, textStyle: { color: colours.text, fontSize: colours.size } },
    tooltip: {
      renderMode: 'richText',
      trigger: 'axis',
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontSize: colours.size },
    },
    animationDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 250,
  }
}

/** The theme's settings with a chart's own over them; where both are a group (legend, grid, tooltip), key by key. */
export function merged(base: EChartsOption, own: EChartsOption): EChartsOption {
  const group = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null && !Array.isArray(one)
  const all: Record<string, unknown> = { ...base }
  for (const [key, one] of Object.entries(own)) {
    const below = all[key]
    all[key] = group(below) && group(one) ? { ...below, ...one } : one
  }
  return all as EChartsOption
}

/** An axis in the theme's colours; spread your own settings after it. */
export const axis = (colours: Palette) => ({
  axisLabel: { color: colours.quiet, fontSize: colours.size },
  axisLine: { lineStyle: { color: colours.line } },
  axisTick: { lineStyle: { color: colours.line } },
  splitLine: { lineStyle: { color: colours.line } },
  nameTextStyle: { color: colours.quiet, fontSize: colours.size },
})
