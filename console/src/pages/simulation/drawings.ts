// The charts of a result as ECharts draws them. Numbers come from the service; nothing is reckoned here but where a mark stands.
import type { EChartsOption } from 'echarts'
import { grouped, onAxis, type Money } from '../../money'
import { axis, type Palette } from '../../parts/palette'
import type { Bars, Drawing, Fan, Frontier, Tornado } from './runs'

export interface Drawn {
  label: string
  option: (colours: Palette) => EChartsOption
  table: { columns: string[]; rows: (string | number)[][] }
  height?: string
}

type Say = (key: string) => string

const wan = (money: Money): number => onAxis(money) / 10_000
const decimals = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 })

export function drawn(chart: Drawing, t: Say): Drawn {
  switch (chart.kind) {
    case 'bars':
    case 'stacked':
      return bars(chart, t)
    case 'tornado':
      return tornado(chart, t)
    case 'frontier':
      return frontier(chart, t)
    case 'fan':
      return fan(chart, t)
  }
}

function bars(chart: Bars, t: Say): Drawn {
  const many = chart.labels.length > 8
  return {
    label: chart.title,
    height: many ? '24rem' : '20rem',
    option: (colours) => ({
      grid: { top: 56, containLabel: true, bottom: 8 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: (value) => decimals(Number(value)) },
      legend: { type: 'scroll', top: 0 },
      xAxis: {
        ...axis(colours),
        type: 'category',
        data: chart.labels,
        axisLabel: { ...axis(colours).axisLabel, interval: 0, rotate: many ? 40 : 0, hideOverlap: true },
      },
      yAxis: { ...axis(colours), type: 'value', max: chart.kind === 'stacked' && chart.title.includes('%') ? 100 : undefined },
      series: chart.series.map((one, at) => ({
        type: 'bar' as const,
        name: one.name,
        stack: chart.kind === 'stacked' ? 'all' : undefined,
        data: one.values,
        barMaxWidth: 36,
        itemStyle: { color: colour(colours, chart.colours[at] ?? at) },
        emphasis: { focus: 'series' as const },
      })),
    }),
    table: {
      columns: [t('chart.of'), ...chart.series.map((one) => one.name)],
      rows: chart.labels.map((label, at) => [label, ...chart.series.map((one) => (one.values[at] === undefined ? '–' : decimals(one.values[at]!)))]),
    },
  }
}

/** The service's six colours; the last is a quiet one. */
const colour = (colours: Palette, at: number): string => (at === 5 ? colours.muted : colours.series[at % colours.series.length]!)

function tornado(chart: Tornado, t: Say): Drawn {
  const reach = (one: Tornado['bars'][number]) => Math.max(...[one.down, one.up].map((side) => (side ? Math.abs(wan(side)) : 0)))
  const sorted = [...chart.bars].sort((a, b) => reach(a) - reach(b))
  const side = (of: 'down' | 'up') => sorted.map((one) => (one[of] === null ? null : wan(one[of]!)))
  return {
    label: t('chart.tornado'),
    height: `${Math.max(14, sorted.length * 1.75 + 6)}rem`,
    option: (colours) => ({
      grid: { top: 40, bottom: 32, left: 8, right: 24, containLabel: true },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: (value) => (value === null || value === undefined ? '–' : `${decimals(Number(value))} ${t('parts.wan')}`) },
      xAxis: { ...axis(colours), type: 'value', name: t('chart.change'), nameLocation: 'middle', nameGap: 26 },
      yAxis: { ...axis(colours), type: 'category', data: sorted.map((one) => one.name), axisLabel: { ...axis(colours).axisLabel, width: 150, overflow: 'truncate' }, splitLine: { show: false } },
      series: [
        { type: 'bar', name: t('chart.down'), data: side('down'), stack: 'one', itemStyle: { color: colours.series[0] }, barMaxWidth: 18 },
        { type: 'bar', name: t('chart.up'), data: side('up'), stack: 'one', itemStyle: { color: colours.series[1] }, barMaxWidth: 18 },
      ],
    }),
    table: {
      columns: [t('chart.lever'), t('chart.down'), t('chart.up')],
      rows: [...sorted].reverse().map((one) => [one.name, ...[one.down, one.up].map((of) => (of === null ? '–' : grouped(of, 'wan')))]),
    },
  }
}

function frontier(chart: Frontier, t: Say): Drawn {
  const at = (point: { spent: Money; borne: Money }): [number, number] => [wan(point.spent), onAxis(point.borne)]
  const line = chart.points.filter((point) => point.efficient).sort((a, b) => wan(a.spent) - wan(b.spent))
  const others = chart.points.filter((point) => !point.efficient)
  return {
    label: t('chart.frontier'),
    height: '26rem',
    option: (colours) => ({
      grid: { top: 48, bottom: 36, left: 12, right: 24, containLabel: true },
      tooltip: {
        trigger: 'item',
        formatter: (of) => {
          const one = of as unknown as { seriesIndex: number; dataIndex: number; value: [number, number] }
          const point = one.seriesIndex === 0 ? others[one.dataIndex] : one.seriesIndex === 1 ? line[one.dataIndex] : undefined
          const first = `${t('chart.spent')} ${decimals(one.value[0])}\n${t('chart.borne')} ${decimals(one.value[1])}`
          return point?.changes ? `${first}\n${point.changes.replaceAll('；', '\n')}` : first
        },
      },
      xAxis: { ...axis(colours), type: 'value', scale: true, name: t('chart.spent'), nameLocation: 'middle', nameGap: 28 },
      yAxis: { ...axis(colours), type: 'value', scale: true, name: t('chart.borne'), nameTextStyle: { ...axis(colours).nameTextStyle, align: 'left' } },
      series: [
        { type: 'scatter', name: t('chart.tried'), data: others.map(at), symbolSize: 7, itemStyle: { color: colours.muted } },
        {
          type: 'line',
          name: t('chart.efficient'),
          data: line.map(at),
          symbol: 'circle',
          symbolSize: 9,
          lineStyle: { color: colours.series[0], width: 2 },
          itemStyle: { color: colours.series[0] },
          markLine: chart.budget
            ? {
                symbol: 'none',
                label: { formatter: t('chart.budget'), color: colours.text },
                lineStyle: { color: colours.negative, type: 'dashed' },
                data: [{ xAxis: wan(chart.budget) }],
              }
            : undefined,
        },
        { type: 'scatter', name: t('chart.present'), data: [at(chart.base)], symbol: 'triangle', symbolSize: 15, itemStyle: { color: colours.series[1] } },
      ],
    }),
    table: {
      columns: [t('chart.policy'), t('chart.spent'), t('chart.borne'), t('chart.kind')],
      rows: chart.points.map((point) => [
        point.changes || t('chart.present'),
        grouped(point.spent, 'wan'),
        grouped(point.borne),
        t(point.efficient ? 'chart.efficient' : 'chart.tried'),
      ]),
    },
  }
}

function fan(chart: Fan, t: Say): Drawn {
  const middle = Math.floor(chart.lines.length / 2)
  const rows = chart.labels.map((label, at) => [label, ...chart.lines.map((line) => grouped(line.values[at]!, 'wan'))])
  return {
    label: `${chart.title}（${t('parts.wan')}）`,
    height: '22rem',
    option: (colours) => ({
      grid: { top: 64, bottom: 8, left: 8, right: 24, containLabel: true },
      legend: { type: 'scroll', top: 0 },
      tooltip: { trigger: 'axis', valueFormatter: (value) => `${decimals(Number(value))} ${t('parts.wan')}` },
      xAxis: { ...axis(colours), type: 'category', data: chart.labels, boundaryGap: false },
      yAxis: { ...axis(colours), type: 'value', scale: true, name: t('parts.wan') },
      series: chart.lines.map((line, at) => ({
        type: 'line' as const,
        name: line.name,
        data: line.values.map(wan),
        symbol: at === middle ? 'circle' : 'none',
        lineStyle: { width: at === middle ? 3 : 1.5, type: at === middle ? ('solid' as const) : ('dashed' as const), color: shade(colours, at, middle) },
        itemStyle: { color: shade(colours, at, middle) },
        // The room between the expected line and the others says how far it may go.
        areaStyle: at === middle ? { color: colours.series[0], opacity: 0.08 } : undefined,
      })),
    }),
    table: { columns: [t('chart.time'), ...chart.lines.map((line) => line.name)], rows },
  }
}

/** Warm where it is worse, cold where it is better, strong in the middle. */
const shade = (colours: Palette, at: number, middle: number): string =>
  at === middle ? colours.series[0]! : at < middle ? colours.series[3]! : colours.series[2]!
