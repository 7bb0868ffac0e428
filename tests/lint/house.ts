/** The house rules that a linter can see: import direction, no console outside `cli/`, sizes of files and functions. */
import { findPart, LAYERS, resolveImport } from "./layers.ts";

/** Lines a file and a function may have; above that the lint refuses. */
export const FILE_LINES = 500;
/** Lines of one function, its signature and braces included. */
export const FUNCTION_LINES = 80;

const ROOT = new URL("../..", import.meta.url).pathname;

function toRelative(filename: string): string {
  return filename.startsWith(ROOT) ? filename.slice(ROOT.length) : filename;
}

function isTest(path: string): boolean {
  return /_test\.tsx?$/.test(path) || path.startsWith("tests/");
}

/** Reports an import that points to the right, or to a part that the table does not list. */
function checkImport(context: Deno.lint.RuleContext, node: Deno.lint.Node, specifier: string): void {
  const path = toRelative(context.filename);
  if (isTest(path)) return;
  const part = findPart(path);
  if (part === undefined) return;
  if (/^(jsr:|https?:|npm:)/.test(specifier)) {
    context.report({ node, message: `"${specifier}": packages come from the imports of deno.json` });
    return;
  }
  if (!specifier.startsWith(".")) return;
  const target = findPart(resolveImport(path, specifier));
  if (target === part || (target !== undefined && LAYERS[part]?.includes(target))) return;
  context.report({
    node,
    message: `${part} may not import ${target ?? specifier}: it may import ${LAYERS[part]?.join(", ") || "nothing"}`,
    hint: "the table is tests/lint/layers.ts",
  });
}

const importDirection: Deno.lint.Rule = {
  create(context) {
    return {
      ImportDeclaration: (node) => checkImport(context, node, node.source.value),
      ExportAllDeclaration: (node) => checkImport(context, node, node.source.value),
      ExportNamedDeclaration: (node) => {
        if (node.source) checkImport(context, node, node.source.value);
      },
      ImportExpression: (node) => {
        if (node.source.type === "Literal") checkImport(context, node, String(node.source.value));
      },
    };
  },
};

const noConsole: Deno.lint.Rule = {
  create(context) {
    const path = toRelative(context.filename);
    if (path.startsWith("cli/") || isTest(path)) return {};
    return {
      MemberExpression: (node) => {
        if (node.object.type !== "Identifier" || node.object.name !== "console") return;
        context.report({ node, message: "only cli/ prints; give a Finding or a counter instead" });
      },
    };
  },
};

const fileSize: Deno.lint.Rule = {
  create(context) {
    return {
      Program: (node) => {
        const lines = context.sourceCode.text.split("\n").length - 1;
        if (lines <= FILE_LINES) return;
        context.report({ node, message: `the file has ${lines} lines; ${FILE_LINES} are allowed, 150 are the aim` });
      },
    };
  },
};

const functionSize: Deno.lint.Rule = {
  create(context) {
    const check = (node: Deno.lint.Node): void => {
      const lines = context.sourceCode.getText(node).split("\n").length;
      if (lines <= FUNCTION_LINES) return;
      context.report({
        node,
        message: `the function has ${lines} lines; ${FUNCTION_LINES} are allowed, 15 are the aim`,
      });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "import-direction": importDirection,
    "no-console": noConsole,
    "file-size": fileSize,
    "function-size": functionSize,
  },
};

export default plugin;
