/** The answer of `syngeo infer` in a terminal: a verdict, a small table, what was left out. */

import type {
  ControlFit,
  ControlMethod,
  ExponentEstimate,
  GeometryFit,
  LeftOut,
  Verdict,
} from "../inference/index.ts";
import { alignedTable, figure, styled } from "./terminal.node.ts";

const COLOURS: Readonly<Record<Verdict["status"], "green" | "yellow" | "red">> = {
  decided: "green",
  undecided: "yellow",
  none: "yellow",
  misfit: "red",
  unidentifiable: "red",
};

export function inferSummary(fit: GeometryFit, leftOut: readonly LeftOut[]): string {
  return [
    `${styled(["bold", COLOURS[fit.verdict.status]], fit.verdict.status)}  ${wrapped(fit.verdict.statement)}`,
    ...(fit.verdict.advice === "" ? [] : [wrapped(fit.verdict.advice)]),
    "",
    fit.control === null ? estimates(fit) : controlTable(fit.control),
    ...(fit.control === null ? [] : ["", controlRemarks(fit.control)]),
    "",
    potentials(fit),
    ...(fit.groups.length > 0 ? ["", groups(fit)] : []),
    "",
    remarks(fit, leftOut),
  ].join("\n");
}

function wrapped(text: string, width = 100): string {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last.length + word.length + 1 > width && last !== "") lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n  ");
}

function estimates({ exponent, likelihood, noise }: GeometryFit): string {
  const row = (name: string, e: typeof exponent | typeof likelihood) => [
    name,
    fixed(e.estimate),
    fixed(e.low),
    fixed(e.high),
    `  ${e.method}`,
  ];
  const level = `${figure(100 * exponent.level)} % interval`;
  const rows = [["", "λ", level, "", ""], row("headline", exponent)];
  if (noise.method === null) rows.push(row("second opinion", likelihood));
  return alignedTable(rows);
}

const CONTROL_METHODS: Readonly<Record<ControlMethod, string>> = {
  "variance-function": "variance function",
  convolution: "convolution likelihood",
  "convolution-mixture": "  some synapses inactive",
  "truncated-independence": "truncated independence",
  "activity-mixture": "mixture tied to control",
};

/** λ by each method that sees the control, the one that the verdict rests on marked. */
function controlTable(control: ControlFit): string {
  const row = (name: string, e: ExponentEstimate, remark: string) => [
    name,
    fixed(e.estimate),
    fixed(e.low),
    fixed(e.high),
    remark === "" ? "" : `  ${remark}`,
  ];
  const estimates = control.estimates.map((estimate) =>
    row(
      CONTROL_METHODS[estimate.name],
      estimate,
      estimate.name === control.headline
        ? "headline"
        : estimate.calibrated
          ? ""
          : "interval not calibrated here",
    ),
  );
  const level = `${figure(100 * control.fluctuation.level)} % interval`;
  return alignedTable([
    ["λ of learning by", "λ", level, "", ""],
    ...estimates,
    row("mean change", control.meanChange, ""),
    row("control alone", control.fluctuation, "its fluctuation and noise"),
    row("without a control", control.withoutControl, "learning and fluctuation together"),
  ]);
}

function controlRemarks({ pairs, source, learningShare, selectivity, exceedances }: ControlFit): string {
  const who =
    selectivity === null
      ? "not estimated"
      : `b = ${figure(selectivity.estimate)} [${figure(selectivity.low)}, ${figure(selectivity.high)}]${selectivity.detected ? ", not all synapses took part" : ", no sign that synapses did not take part"}`;
  return [
    `control: ${pairs.used.toLocaleString("en-GB")} pairs (${source}); learning is ${Math.round(100 * learningShare)} % of the variance of the change`,
    `taking part by size: ${who}; ${exceedances.count} synapses changed more than ${figure(exceedances.bound, 2)} SDs of the control`,
  ].join("\n");
}

function fixed(value: number | null): string {
  return value === null ? "…" : value.toFixed(3).replace("-", "−");
}

function potentials(fit: GeometryFit): string {
  const heading = ["potential", "λ", "inside", "ΔCDF", "centred", "floor", "weight"];
  const rows = fit.potentials.map((score) => [
    score.name,
    figure(score.exponent),
    score.inside ? "yes" : "no",
    score.deltaCdfStatus === "ok" ? figure(score.deltaCdf) : score.deltaCdfStatus,
    figure(score.deltaCdfCentred),
    figure(score.deltaCdfFloor),
    score.weight === null ? "–" : score.weight.toFixed(3),
  ]);
  return alignedTable([heading, ...rows]);
}

const MOST_GROUPS = 20;

function groups(fit: GeometryFit): string {
  const rows = fit.groups
    .slice(0, MOST_GROUPS)
    .map(({ name, pairs, exponent, verdict }) => [
      name,
      pairs.toLocaleString("en-GB"),
      fixed(exponent.estimate),
      fixed(exponent.low),
      fixed(exponent.high),
      verdict.potential ?? verdict.status,
    ]);
  const more =
    fit.groups.length > MOST_GROUPS
      ? `\n… and ${fit.groups.length - MOST_GROUPS} more groups (--json has all)`
      : "";
  return alignedTable([["group", "pairs", "λ", "low", "high", "verdict"], ...rows]) + more;
}

function remarks(
  { pairs, subsample, noise, clusters, source }: GeometryFit,
  leftOut: readonly LeftOut[],
): string {
  const count = (value: number, words: string) =>
    value > 0 ? [`${value.toLocaleString("en-GB")} ${words}`] : [];
  const parts = [
    ...count(pairs.nonFinite, "missing or not finite"),
    ...count(pairs.absentInitially, "absent initially (births)"),
    ...count(pairs.absentFinally, "absent finally (eliminations)"),
    ...count(pairs.absentThroughout, "absent throughout"),
    ...count(pairs.unchanged, noise.method === null ? "unchanged (not used for λ)" : "unchanged"),
    ...count(pairs.signFlips, "changed sign"),
  ];
  const lines = [
    `${source}: ${pairs.used.toLocaleString("en-GB")} of ${pairs.total.toLocaleString("en-GB")} pairs used${parts.length > 0 ? `; ${parts.join(", ")}` : ""}`,
    ...leftOut.map(({ name, reason }) => `left out ${name}: ${reason}`),
  ];
  if (noise.source !== "none") {
    lines.push(
      `noise of one reading (${noise.source}): additive ${figure(noise.additive)}, multiplicative ${figure(noise.multiplicative)}; change is ${figure(noise.changeOverNoise)} times what noise alone gives`,
    );
  }
  if (clusters)
    lines.push(
      `${clusters.count} clusters resampled whole ${clusters.resamples} times${clusters.count < 20 ? "; an interval from fewer than 20 is rough" : ""}`,
    );
  if (subsample) {
    const seen = noise.method === null ? pairs.used - pairs.unchanged : pairs.used;
    const drawn = [
      ...(subsample.rank < seen ? [`${subsample.rank.toLocaleString("en-GB")} for the ranks`] : []),
      ...(subsample.likelihood < seen
        ? [`${subsample.likelihood.toLocaleString("en-GB")} for the likelihood`]
        : []),
    ];
    lines.push(`pairs drawn at random: ${drawn.join(", ")}; ΔCDF sees all`);
  }
  return lines.join("\n");
}
