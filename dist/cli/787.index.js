export const id = 787;
export const ids = [787];
export const modules = {

/***/ 7787:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   readFlat: () => (/* binding */ readFlat)
/* harmony export */ });
/* harmony import */ var yaml__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8815);

/**
 * The entries of a YAML file, or why there are none. No alias is followed and no object is made of what the file says;
 * a text is as it is written, so that `1.10` is no number. This file, and yaml with it, is loaded where there is such a
 * file, so it imports nothing else.
 */
function readFlat(content) {
    const lineCounter = new yaml__WEBPACK_IMPORTED_MODULE_0__/* .LineCounter */ .HN();
    const lineOf = (node) => lineCounter.linePos(hasRange(node) ? node.range[0] : 0).line;
    try {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
        if (isDeep(text))
            return { problem: 'It is nested.' };
        // Who reads the entries looks for keys that come twice: yaml would compare each with each.
        const { contents, errors, warnings } = (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .parseDocument */ .Tp)(text, { lineCounter, uniqueKeys: false });
        const [wrong] = [...errors, ...warnings];
        if (wrong !== undefined)
            return { problem: firstLine(wrong) };
        if (contents === null || ((0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .isScalar */ .jn)(contents) && contents.value === null))
            return { entries: [] };
        if (!(0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .isMap */ .jh)(contents))
            return { problem: 'It has to be lines such as "app: hello".' };
        const entries = contents.items.map(({ key, value }) => ({
            key: textOf(key),
            value: (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .isSeq */ .oP)(value) ? value.items.map(textOf) : textOf(value),
            line: lineOf(hasRange(key) ? key : value),
        }));
        return { entries };
    }
    catch (error) {
        return { problem: firstLine(error) };
    }
}
/** Deep nesting would take the whole stack, which ends the process: yaml composes by recursion, but its lexer is none. */
function isDeep(text) {
    let brackets = 0;
    let dashes = 0;
    for (const token of new yaml__WEBPACK_IMPORTED_MODULE_0__/* .Lexer */ .JG().lex(text)) {
        if (token === '[' || token === '{')
            brackets += 1;
        if (token === ']' || token === '}')
            brackets -= 1;
        if (/^[\r\n]/.test(token))
            dashes = 0;
        if (token === '-' || token === '?')
            dashes += 1;
        if (brackets > 3 || dashes > 3)
            return true;
    }
    return false;
}
function textOf(node) {
    if (!(0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .isScalar */ .jn)(node) || !['string', 'number', 'boolean'].includes(typeof node.value))
        return undefined;
    return node.source ?? String(node.value);
}
function hasRange(node) {
    return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
function firstLine(error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
}


/***/ })

};
