// Holds the dashboards to Grafana's own schema, by its types: check_types.mjs MODULES, a node_modules with @grafana/schema and typescript.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const modules = path.resolve(process.argv[2]);
const ts = createRequire(modules + '/')('typescript');
const home = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../config/grafana/dashboards');
const SCHEMA = modules + '/@grafana/schema/dist/esm/';

// The general types leave options open; these are what each kind of panel has them be.
const PANELS = { stat: 'Stat', table: 'Table', timeseries: 'TimeSeries', heatmap: 'Heatmap', 'state-timeline': 'StateTimeline' };
const FIELDS = new Set(['table', 'timeseries', 'heatmap', 'state-timeline']);
const folder = (kind) => kind.replace('-', '');

function source(boards) {
    const lines = [`import type * as d from '${SCHEMA}raw/dashboard/x/dashboard_types.gen';`];
    for (const [kind, name] of Object.entries(PANELS)) {
        lines.push(`import type * as ${name} from '${SCHEMA}raw/composable/${folder(kind)}/panelcfg/x/${name}PanelCfg_types.gen';`);
    }
    // Words are words of an enumeration, which JSON has as text.
    lines.push('type Json<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T',
        '    : T extends Array<infer I> ? Array<Json<I>> : T extends object ? { [K in keyof T]: Json<T[K]> } : T;');
    for (const [name, board] of boards) {
        lines.push(`export const ${name.replaceAll('-', '_')}: Json<d.Dashboard> = ${JSON.stringify(board)};`);
        for (const panel of board.panels.filter((p) => p.type !== 'row')) {
            const of = PANELS[panel.type];
            const at = `${name.replaceAll('-', '_')}_${panel.id}`;
            lines.push(`export const ${at}: Json<${of}.Options> = ${JSON.stringify(panel.options)};`);
            if (FIELDS.has(panel.type)) {
                lines.push(`export const ${at}_custom: Json<Partial<${of}.FieldConfig>> = ${JSON.stringify(panel.fieldConfig.defaults.custom)};`);
            }
        }
    }
    return lines.join('\n');
}

// What an annotation asks is its data source's.
const OF_SOURCES = ['target', 'expr', 'step', 'tagKeys', 'titleFormat', 'textFormat', 'useValueForTime'];
function without_sources(board) {
    for (const annotation of board.annotations.list) {
        OF_SOURCES.forEach((name) => delete annotation[name]);
    }
    return board;
}

const boards = fs.readdirSync(home).map((name) => [path.basename(name, '.json'), without_sources(JSON.parse(fs.readFileSync(path.join(home, name), 'utf8')))]);
const FILE = modules + '/../dashboards.ts';
fs.writeFileSync(FILE, source(boards));
const program = ts.createProgram([FILE], {
    noEmit: true, strict: true, skipLibCheck: true, exactOptionalPropertyTypes: false, types: [],
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022,
    paths: { '@grafana/schema': [SCHEMA + 'index.d.ts'] },
});
const wrong = ts.getPreEmitDiagnostics(program);
for (const one of wrong) {
    const line = one.file ? one.file.text.slice(0, one.start).split('\n').pop() : '';
    console.log(`${line.slice(0, 60)} … ${line.slice(-80)}: ${ts.flattenDiagnosticMessageText(one.messageText, '\n')}`);
}
console.log(`${boards.length} dashboards against the types of @grafana/schema, ${wrong.length} wrong`);
process.exit(wrong.length > 0 ? 1 : 0);
