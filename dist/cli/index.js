#!/usr/bin/env node
import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 181:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("buffer");

/***/ }),

/***/ 1421:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");

/***/ }),

/***/ 8474:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:events");

/***/ }),

/***/ 3024:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");

/***/ }),

/***/ 6760:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 1708:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:process");

/***/ }),

/***/ 932:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("process");

/***/ }),

/***/ 8909:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

const { Argument } = __nccwpck_require__(9154);
const { Command } = __nccwpck_require__(4348);
const { CommanderError, InvalidArgumentError } = __nccwpck_require__(1135);
const { Help } = __nccwpck_require__(9754);
const { Option } = __nccwpck_require__(5240);

exports.DM = new Command();

exports.gu = (name) => new Command(name);
exports.Ww = (flags, description) => new Option(flags, description);
exports.er = (name, description) => new Argument(name, description);

/**
 * Expose classes
 */

exports.uB = Command;
exports.c$ = Option;
exports.ef = Argument;
exports._V = Help;

exports.b7 = CommanderError;
exports.Di = InvalidArgumentError;
exports.a2 = InvalidArgumentError; // Deprecated


/***/ }),

/***/ 9154:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

const { InvalidArgumentError } = __nccwpck_require__(1135);

class Argument {
  /**
   * Initialize a new command argument with the given name and description.
   * The default is that the argument is required, and you can explicitly
   * indicate this with <> around the name. Put [] around the name for an optional argument.
   *
   * @param {string} name
   * @param {string} [description]
   */

  constructor(name, description) {
    this.description = description || '';
    this.variadic = false;
    this.parseArg = undefined;
    this.defaultValue = undefined;
    this.defaultValueDescription = undefined;
    this.argChoices = undefined;

    switch (name[0]) {
      case '<': // e.g. <required>
        this.required = true;
        this._name = name.slice(1, -1);
        break;
      case '[': // e.g. [optional]
        this.required = false;
        this._name = name.slice(1, -1);
        break;
      default:
        this.required = true;
        this._name = name;
        break;
    }

    if (this._name.endsWith('...')) {
      this.variadic = true;
      this._name = this._name.slice(0, -3);
    }
  }

  /**
   * Return argument name.
   *
   * @return {string}
   */

  name() {
    return this._name;
  }

  /**
   * @package
   */

  _collectValue(value, previous) {
    if (previous === this.defaultValue || !Array.isArray(previous)) {
      return [value];
    }

    previous.push(value);
    return previous;
  }

  /**
   * Set the default value, and optionally supply the description to be displayed in the help.
   *
   * @param {*} value
   * @param {string} [description]
   * @return {Argument}
   */

  default(value, description) {
    this.defaultValue = value;
    this.defaultValueDescription = description;
    return this;
  }

  /**
   * Set the custom handler for processing CLI command arguments into argument values.
   *
   * @param {Function} [fn]
   * @return {Argument}
   */

  argParser(fn) {
    this.parseArg = fn;
    return this;
  }

  /**
   * Only allow argument value to be one of choices.
   *
   * @param {string[]} values
   * @return {Argument}
   */

  choices(values) {
    this.argChoices = values.slice();
    this.parseArg = (arg, previous) => {
      if (!this.argChoices.includes(arg)) {
        throw new InvalidArgumentError(
          `Allowed choices are ${this.argChoices.join(', ')}.`,
        );
      }
      if (this.variadic) {
        return this._collectValue(arg, previous);
      }
      return arg;
    };
    return this;
  }

  /**
   * Make argument required.
   *
   * @returns {Argument}
   */
  argRequired() {
    this.required = true;
    return this;
  }

  /**
   * Make argument optional.
   *
   * @returns {Argument}
   */
  argOptional() {
    this.required = false;
    return this;
  }
}

/**
 * Takes an argument and returns its human readable equivalent for help usage.
 *
 * @param {Argument} arg
 * @return {string}
 * @private
 */

function humanReadableArgName(arg) {
  const nameOutput = arg.name() + (arg.variadic === true ? '...' : '');

  return arg.required ? '<' + nameOutput + '>' : '[' + nameOutput + ']';
}

exports.Argument = Argument;
exports.humanReadableArgName = humanReadableArgName;


/***/ }),

/***/ 4348:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

const EventEmitter = (__nccwpck_require__(8474).EventEmitter);
const childProcess = __nccwpck_require__(1421);
const path = __nccwpck_require__(6760);
const fs = __nccwpck_require__(3024);
const process = __nccwpck_require__(1708);

const { Argument, humanReadableArgName } = __nccwpck_require__(9154);
const { CommanderError } = __nccwpck_require__(1135);
const { Help, stripColor } = __nccwpck_require__(9754);
const { Option, DualOptions } = __nccwpck_require__(5240);
const { suggestSimilar } = __nccwpck_require__(5030);

class Command extends EventEmitter {
  /**
   * Initialize a new `Command`.
   *
   * @param {string} [name]
   */

  constructor(name) {
    super();
    /** @type {Command[]} */
    this.commands = [];
    /** @type {Option[]} */
    this.options = [];
    this.parent = null;
    this._allowUnknownOption = false;
    this._allowExcessArguments = false;
    /** @type {Argument[]} */
    this.registeredArguments = [];
    this._args = this.registeredArguments; // deprecated old name
    /** @type {string[]} */
    this.args = []; // cli args with options removed
    this.rawArgs = [];
    this.processedArgs = []; // like .args but after custom processing and collecting variadic
    this._scriptPath = null;
    this._name = name || '';
    this._optionValues = {};
    this._optionValueSources = {}; // default, env, cli etc
    this._storeOptionsAsProperties = false;
    this._actionHandler = null;
    this._executableHandler = false;
    this._executableFile = null; // custom name for executable
    this._executableDir = null; // custom search directory for subcommands
    this._defaultCommandName = null;
    this._exitCallback = null;
    this._aliases = [];
    this._combineFlagAndOptionalValue = true;
    this._description = '';
    this._summary = '';
    this._argsDescription = undefined; // legacy
    this._enablePositionalOptions = false;
    this._passThroughOptions = false;
    this._lifeCycleHooks = {}; // a hash of arrays
    /** @type {(boolean | string)} */
    this._showHelpAfterError = false;
    this._showSuggestionAfterError = true;
    this._savedState = null; // used in save/restoreStateBeforeParse

    // see configureOutput() for docs
    this._outputConfiguration = {
      writeOut: (str) => process.stdout.write(str),
      writeErr: (str) => process.stderr.write(str),
      outputError: (str, write) => write(str),
      getOutHelpWidth: () =>
        process.stdout.isTTY ? process.stdout.columns : undefined,
      getErrHelpWidth: () =>
        process.stderr.isTTY ? process.stderr.columns : undefined,
      getOutHasColors: () =>
        useColor() ?? (process.stdout.isTTY && process.stdout.hasColors?.()),
      getErrHasColors: () =>
        useColor() ?? (process.stderr.isTTY && process.stderr.hasColors?.()),
      stripColor: (str) => stripColor(str),
    };

    this._hidden = false;
    /** @type {(Option | null | undefined)} */
    this._helpOption = undefined; // Lazy created on demand. May be null if help option is disabled.
    this._addImplicitHelpCommand = undefined; // undecided whether true or false yet, not inherited
    /** @type {Command} */
    this._helpCommand = undefined; // lazy initialised, inherited
    this._helpConfiguration = {};
    /** @type {string | undefined} */
    this._helpGroupHeading = undefined; // soft initialised when added to parent
    /** @type {string | undefined} */
    this._defaultCommandGroup = undefined;
    /** @type {string | undefined} */
    this._defaultOptionGroup = undefined;
  }

  /**
   * Copy settings that are useful to have in common across root command and subcommands.
   *
   * (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
   *
   * @param {Command} sourceCommand
   * @return {Command} `this` command for chaining
   */
  copyInheritedSettings(sourceCommand) {
    this._outputConfiguration = sourceCommand._outputConfiguration;
    this._helpOption = sourceCommand._helpOption;
    this._helpCommand = sourceCommand._helpCommand;
    this._helpConfiguration = sourceCommand._helpConfiguration;
    this._exitCallback = sourceCommand._exitCallback;
    this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
    this._combineFlagAndOptionalValue =
      sourceCommand._combineFlagAndOptionalValue;
    this._allowExcessArguments = sourceCommand._allowExcessArguments;
    this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
    this._showHelpAfterError = sourceCommand._showHelpAfterError;
    this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;

    return this;
  }

  /**
   * @returns {Command[]}
   * @private
   */

  _getCommandAndAncestors() {
    const result = [];
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    for (let command = this; command; command = command.parent) {
      result.push(command);
    }
    return result;
  }

  /**
   * Define a command.
   *
   * There are two styles of command: pay attention to where to put the description.
   *
   * @example
   * // Command implemented using action handler (description is supplied separately to `.command`)
   * program
   *   .command('clone <source> [destination]')
   *   .description('clone a repository into a newly created directory')
   *   .action((source, destination) => {
   *     console.log('clone command called');
   *   });
   *
   * // Command implemented using separate executable file (description is second parameter to `.command`)
   * program
   *   .command('start <service>', 'start named service')
   *   .command('stop [service]', 'stop named service, or all if no name supplied');
   *
   * @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
   * @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
   * @param {object} [execOpts] - configuration options (for executable)
   * @return {Command} returns new command for action handler, or `this` for executable command
   */

  command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
    let desc = actionOptsOrExecDesc;
    let opts = execOpts;
    if (typeof desc === 'object' && desc !== null) {
      opts = desc;
      desc = null;
    }
    opts = opts || {};
    const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);

    const cmd = this.createCommand(name);
    if (desc) {
      cmd.description(desc);
      cmd._executableHandler = true;
    }
    if (opts.isDefault) this._defaultCommandName = cmd._name;
    cmd._hidden = !!(opts.noHelp || opts.hidden); // noHelp is deprecated old name for hidden
    cmd._executableFile = opts.executableFile || null; // Custom name for executable file, set missing to null to match constructor
    if (args) cmd.arguments(args);
    this._registerCommand(cmd);
    cmd.parent = this;
    cmd.copyInheritedSettings(this);

    if (desc) return this;
    return cmd;
  }

  /**
   * Factory routine to create a new unattached command.
   *
   * See .command() for creating an attached subcommand, which uses this routine to
   * create the command. You can override createCommand to customise subcommands.
   *
   * @param {string} [name]
   * @return {Command} new command
   */

  createCommand(name) {
    return new Command(name);
  }

  /**
   * You can customise the help with a subclass of Help by overriding createHelp,
   * or by overriding Help properties using configureHelp().
   *
   * @return {Help}
   */

  createHelp() {
    return Object.assign(new Help(), this.configureHelp());
  }

  /**
   * You can customise the help by overriding Help properties using configureHelp(),
   * or with a subclass of Help by overriding createHelp().
   *
   * @param {object} [configuration] - configuration options
   * @return {(Command | object)} `this` command for chaining, or stored configuration
   */

  configureHelp(configuration) {
    if (configuration === undefined) return this._helpConfiguration;

    this._helpConfiguration = configuration;
    return this;
  }

  /**
   * The default output goes to stdout and stderr. You can customise this for special
   * applications. You can also customise the display of errors by overriding outputError.
   *
   * The configuration properties are all functions:
   *
   *     // change how output being written, defaults to stdout and stderr
   *     writeOut(str)
   *     writeErr(str)
   *     // change how output being written for errors, defaults to writeErr
   *     outputError(str, write) // used for displaying errors and not used for displaying help
   *     // specify width for wrapping help
   *     getOutHelpWidth()
   *     getErrHelpWidth()
   *     // color support, currently only used with Help
   *     getOutHasColors()
   *     getErrHasColors()
   *     stripColor() // used to remove ANSI escape codes if output does not have colors
   *
   * @param {object} [configuration] - configuration options
   * @return {(Command | object)} `this` command for chaining, or stored configuration
   */

  configureOutput(configuration) {
    if (configuration === undefined) return this._outputConfiguration;

    this._outputConfiguration = {
      ...this._outputConfiguration,
      ...configuration,
    };
    return this;
  }

  /**
   * Display the help or a custom message after an error occurs.
   *
   * @param {(boolean|string)} [displayHelp]
   * @return {Command} `this` command for chaining
   */
  showHelpAfterError(displayHelp = true) {
    if (typeof displayHelp !== 'string') displayHelp = !!displayHelp;
    this._showHelpAfterError = displayHelp;
    return this;
  }

  /**
   * Display suggestion of similar commands for unknown commands, or options for unknown options.
   *
   * @param {boolean} [displaySuggestion]
   * @return {Command} `this` command for chaining
   */
  showSuggestionAfterError(displaySuggestion = true) {
    this._showSuggestionAfterError = !!displaySuggestion;
    return this;
  }

  /**
   * Add a prepared subcommand.
   *
   * See .command() for creating an attached subcommand which inherits settings from its parent.
   *
   * @param {Command} cmd - new subcommand
   * @param {object} [opts] - configuration options
   * @return {Command} `this` command for chaining
   */

  addCommand(cmd, opts) {
    if (!cmd._name) {
      throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
    }

    opts = opts || {};
    if (opts.isDefault) this._defaultCommandName = cmd._name;
    if (opts.noHelp || opts.hidden) cmd._hidden = true; // modifying passed command due to existing implementation

    this._registerCommand(cmd);
    cmd.parent = this;
    cmd._checkForBrokenPassThrough();

    return this;
  }

  /**
   * Factory routine to create a new unattached argument.
   *
   * See .argument() for creating an attached argument, which uses this routine to
   * create the argument. You can override createArgument to return a custom argument.
   *
   * @param {string} name
   * @param {string} [description]
   * @return {Argument} new argument
   */

  createArgument(name, description) {
    return new Argument(name, description);
  }

  /**
   * Define argument syntax for command.
   *
   * The default is that the argument is required, and you can explicitly
   * indicate this with <> around the name. Put [] around the name for an optional argument.
   *
   * @example
   * program.argument('<input-file>');
   * program.argument('[output-file]');
   *
   * @param {string} name
   * @param {string} [description]
   * @param {(Function|*)} [parseArg] - custom argument processing function or default value
   * @param {*} [defaultValue]
   * @return {Command} `this` command for chaining
   */
  argument(name, description, parseArg, defaultValue) {
    const argument = this.createArgument(name, description);
    if (typeof parseArg === 'function') {
      argument.default(defaultValue).argParser(parseArg);
    } else {
      argument.default(parseArg);
    }
    this.addArgument(argument);
    return this;
  }

  /**
   * Define argument syntax for command, adding multiple at once (without descriptions).
   *
   * See also .argument().
   *
   * @example
   * program.arguments('<cmd> [env]');
   *
   * @param {string} names
   * @return {Command} `this` command for chaining
   */

  arguments(names) {
    names
      .trim()
      .split(/ +/)
      .forEach((detail) => {
        this.argument(detail);
      });
    return this;
  }

  /**
   * Define argument syntax for command, adding a prepared argument.
   *
   * @param {Argument} argument
   * @return {Command} `this` command for chaining
   */
  addArgument(argument) {
    const previousArgument = this.registeredArguments.slice(-1)[0];
    if (previousArgument?.variadic) {
      throw new Error(
        `only the last argument can be variadic '${previousArgument.name()}'`,
      );
    }
    if (
      argument.required &&
      argument.defaultValue !== undefined &&
      argument.parseArg === undefined
    ) {
      throw new Error(
        `a default value for a required argument is never used: '${argument.name()}'`,
      );
    }
    this.registeredArguments.push(argument);
    return this;
  }

  /**
   * Customise or override default help command. By default a help command is automatically added if your command has subcommands.
   *
   * @example
   *    program.helpCommand('help [cmd]');
   *    program.helpCommand('help [cmd]', 'show help');
   *    program.helpCommand(false); // suppress default help command
   *    program.helpCommand(true); // add help command even if no subcommands
   *
   * @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
   * @param {string} [description] - custom description
   * @return {Command} `this` command for chaining
   */

  helpCommand(enableOrNameAndArgs, description) {
    if (typeof enableOrNameAndArgs === 'boolean') {
      this._addImplicitHelpCommand = enableOrNameAndArgs;
      if (enableOrNameAndArgs && this._defaultCommandGroup) {
        // make the command to store the group
        this._initCommandGroup(this._getHelpCommand());
      }
      return this;
    }

    const nameAndArgs = enableOrNameAndArgs ?? 'help [command]';
    const [, helpName, helpArgs] = nameAndArgs.match(/([^ ]+) *(.*)/);
    const helpDescription = description ?? 'display help for command';

    const helpCommand = this.createCommand(helpName);
    helpCommand.helpOption(false);
    if (helpArgs) helpCommand.arguments(helpArgs);
    if (helpDescription) helpCommand.description(helpDescription);

    this._addImplicitHelpCommand = true;
    this._helpCommand = helpCommand;
    // init group unless lazy create
    if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);

    return this;
  }

  /**
   * Add prepared custom help command.
   *
   * @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
   * @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
   * @return {Command} `this` command for chaining
   */
  addHelpCommand(helpCommand, deprecatedDescription) {
    // If not passed an object, call through to helpCommand for backwards compatibility,
    // as addHelpCommand was originally used like helpCommand is now.
    if (typeof helpCommand !== 'object') {
      this.helpCommand(helpCommand, deprecatedDescription);
      return this;
    }

    this._addImplicitHelpCommand = true;
    this._helpCommand = helpCommand;
    this._initCommandGroup(helpCommand);
    return this;
  }

  /**
   * Lazy create help command.
   *
   * @return {(Command|null)}
   * @package
   */
  _getHelpCommand() {
    const hasImplicitHelpCommand =
      this._addImplicitHelpCommand ??
      (this.commands.length &&
        !this._actionHandler &&
        !this._findCommand('help'));

    if (hasImplicitHelpCommand) {
      if (this._helpCommand === undefined) {
        this.helpCommand(undefined, undefined); // use default name and description
      }
      return this._helpCommand;
    }
    return null;
  }

  /**
   * Add hook for life cycle event.
   *
   * @param {string} event
   * @param {Function} listener
   * @return {Command} `this` command for chaining
   */

  hook(event, listener) {
    const allowedValues = ['preSubcommand', 'preAction', 'postAction'];
    if (!allowedValues.includes(event)) {
      throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
    }
    if (this._lifeCycleHooks[event]) {
      this._lifeCycleHooks[event].push(listener);
    } else {
      this._lifeCycleHooks[event] = [listener];
    }
    return this;
  }

  /**
   * Register callback to use as replacement for calling process.exit.
   *
   * @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
   * @return {Command} `this` command for chaining
   */

  exitOverride(fn) {
    if (fn) {
      this._exitCallback = fn;
    } else {
      this._exitCallback = (err) => {
        if (err.code !== 'commander.executeSubCommandAsync') {
          throw err;
        } else {
          // Async callback from spawn events, not useful to throw.
        }
      };
    }
    return this;
  }

  /**
   * Call process.exit, and _exitCallback if defined.
   *
   * @param {number} exitCode exit code for using with process.exit
   * @param {string} code an id string representing the error
   * @param {string} message human-readable description of the error
   * @return never
   * @private
   */

  _exit(exitCode, code, message) {
    if (this._exitCallback) {
      this._exitCallback(new CommanderError(exitCode, code, message));
      // Expecting this line is not reached.
    }
    process.exit(exitCode);
  }

  /**
   * Register callback `fn` for the command.
   *
   * @example
   * program
   *   .command('serve')
   *   .description('start service')
   *   .action(function() {
   *      // do work here
   *   });
   *
   * @param {Function} fn
   * @return {Command} `this` command for chaining
   */

  action(fn) {
    const listener = (args) => {
      // The .action callback takes an extra parameter which is the command or options.
      const expectedArgsCount = this.registeredArguments.length;
      const actionArgs = args.slice(0, expectedArgsCount);
      if (this._storeOptionsAsProperties) {
        actionArgs[expectedArgsCount] = this; // backwards compatible "options"
      } else {
        actionArgs[expectedArgsCount] = this.opts();
      }
      actionArgs.push(this);

      return fn.apply(this, actionArgs);
    };
    this._actionHandler = listener;
    return this;
  }

  /**
   * Factory routine to create a new unattached option.
   *
   * See .option() for creating an attached option, which uses this routine to
   * create the option. You can override createOption to return a custom option.
   *
   * @param {string} flags
   * @param {string} [description]
   * @return {Option} new option
   */

  createOption(flags, description) {
    return new Option(flags, description);
  }

  /**
   * Wrap parseArgs to catch 'commander.invalidArgument'.
   *
   * @param {(Option | Argument)} target
   * @param {string} value
   * @param {*} previous
   * @param {string} invalidArgumentMessage
   * @private
   */

  _callParseArg(target, value, previous, invalidArgumentMessage) {
    try {
      return target.parseArg(value, previous);
    } catch (err) {
      if (err.code === 'commander.invalidArgument') {
        const message = `${invalidArgumentMessage} ${err.message}`;
        this.error(message, { exitCode: err.exitCode, code: err.code });
      }
      throw err;
    }
  }

  /**
   * Check for option flag conflicts.
   * Register option if no conflicts found, or throw on conflict.
   *
   * @param {Option} option
   * @private
   */

  _registerOption(option) {
    const matchingOption =
      (option.short && this._findOption(option.short)) ||
      (option.long && this._findOption(option.long));
    if (matchingOption) {
      const matchingFlag =
        option.long && this._findOption(option.long)
          ? option.long
          : option.short;
      throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
    }

    this._initOptionGroup(option);
    this.options.push(option);
  }

  /**
   * Check for command name and alias conflicts with existing commands.
   * Register command if no conflicts found, or throw on conflict.
   *
   * @param {Command} command
   * @private
   */

  _registerCommand(command) {
    const knownBy = (cmd) => {
      return [cmd.name()].concat(cmd.aliases());
    };

    const alreadyUsed = knownBy(command).find((name) =>
      this._findCommand(name),
    );
    if (alreadyUsed) {
      const existingCmd = knownBy(this._findCommand(alreadyUsed)).join('|');
      const newCmd = knownBy(command).join('|');
      throw new Error(
        `cannot add command '${newCmd}' as already have command '${existingCmd}'`,
      );
    }

    this._initCommandGroup(command);
    this.commands.push(command);
  }

  /**
   * Add an option.
   *
   * @param {Option} option
   * @return {Command} `this` command for chaining
   */
  addOption(option) {
    this._registerOption(option);

    const oname = option.name();
    const name = option.attributeName();

    // store default value
    if (option.negate) {
      // --no-foo is special and defaults foo to true, unless a --foo option is already defined
      const positiveLongFlag = option.long.replace(/^--no-/, '--');
      if (!this._findOption(positiveLongFlag)) {
        this.setOptionValueWithSource(
          name,
          option.defaultValue === undefined ? true : option.defaultValue,
          'default',
        );
      }
    } else if (option.defaultValue !== undefined) {
      this.setOptionValueWithSource(name, option.defaultValue, 'default');
    }

    // handler for cli and env supplied values
    const handleOptionValue = (val, invalidValueMessage, valueSource) => {
      // val is null for optional option used without an optional-argument.
      // val is undefined for boolean and negated option.
      if (val == null && option.presetArg !== undefined) {
        val = option.presetArg;
      }

      // custom processing
      const oldValue = this.getOptionValue(name);
      if (val !== null && option.parseArg) {
        val = this._callParseArg(option, val, oldValue, invalidValueMessage);
      } else if (val !== null && option.variadic) {
        val = option._collectValue(val, oldValue);
      }

      // Fill-in appropriate missing values. Long winded but easy to follow.
      if (val == null) {
        if (option.negate) {
          val = false;
        } else if (option.isBoolean() || option.optional) {
          val = true;
        } else {
          val = ''; // not normal, parseArg might have failed or be a mock function for testing
        }
      }
      this.setOptionValueWithSource(name, val, valueSource);
    };

    this.on('option:' + oname, (val) => {
      const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
      handleOptionValue(val, invalidValueMessage, 'cli');
    });

    if (option.envVar) {
      this.on('optionEnv:' + oname, (val) => {
        const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
        handleOptionValue(val, invalidValueMessage, 'env');
      });
    }

    return this;
  }

  /**
   * Internal implementation shared by .option() and .requiredOption()
   *
   * @return {Command} `this` command for chaining
   * @private
   */
  _optionEx(config, flags, description, fn, defaultValue) {
    if (typeof flags === 'object' && flags instanceof Option) {
      throw new Error(
        'To add an Option object use addOption() instead of option() or requiredOption()',
      );
    }
    const option = this.createOption(flags, description);
    option.makeOptionMandatory(!!config.mandatory);
    if (typeof fn === 'function') {
      option.default(defaultValue).argParser(fn);
    } else if (fn instanceof RegExp) {
      // deprecated
      const regex = fn;
      fn = (val, def) => {
        const m = regex.exec(val);
        return m ? m[0] : def;
      };
      option.default(defaultValue).argParser(fn);
    } else {
      option.default(fn);
    }

    return this.addOption(option);
  }

  /**
   * Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
   *
   * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
   * option-argument is indicated by `<>` and an optional option-argument by `[]`.
   *
   * See the README for more details, and see also addOption() and requiredOption().
   *
   * @example
   * program
   *     .option('-p, --pepper', 'add pepper')
   *     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
   *     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
   *     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
   *
   * @param {string} flags
   * @param {string} [description]
   * @param {(Function|*)} [parseArg] - custom option processing function or default value
   * @param {*} [defaultValue]
   * @return {Command} `this` command for chaining
   */

  option(flags, description, parseArg, defaultValue) {
    return this._optionEx({}, flags, description, parseArg, defaultValue);
  }

  /**
   * Add a required option which must have a value after parsing. This usually means
   * the option must be specified on the command line. (Otherwise the same as .option().)
   *
   * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
   *
   * @param {string} flags
   * @param {string} [description]
   * @param {(Function|*)} [parseArg] - custom option processing function or default value
   * @param {*} [defaultValue]
   * @return {Command} `this` command for chaining
   */

  requiredOption(flags, description, parseArg, defaultValue) {
    return this._optionEx(
      { mandatory: true },
      flags,
      description,
      parseArg,
      defaultValue,
    );
  }

  /**
   * Alter parsing of short flags with optional values.
   *
   * @example
   * // for `.option('-f,--flag [value]'):
   * program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
   * program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
   *
   * @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
   * @return {Command} `this` command for chaining
   */
  combineFlagAndOptionalValue(combine = true) {
    this._combineFlagAndOptionalValue = !!combine;
    return this;
  }

  /**
   * Allow unknown options on the command line.
   *
   * @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
   * @return {Command} `this` command for chaining
   */
  allowUnknownOption(allowUnknown = true) {
    this._allowUnknownOption = !!allowUnknown;
    return this;
  }

  /**
   * Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
   *
   * @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
   * @return {Command} `this` command for chaining
   */
  allowExcessArguments(allowExcess = true) {
    this._allowExcessArguments = !!allowExcess;
    return this;
  }

  /**
   * Enable positional options. Positional means global options are specified before subcommands which lets
   * subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
   * The default behaviour is non-positional and global options may appear anywhere on the command line.
   *
   * @param {boolean} [positional]
   * @return {Command} `this` command for chaining
   */
  enablePositionalOptions(positional = true) {
    this._enablePositionalOptions = !!positional;
    return this;
  }

  /**
   * Pass through options that come after command-arguments rather than treat them as command-options,
   * so actual command-options come before command-arguments. Turning this on for a subcommand requires
   * positional options to have been enabled on the program (parent commands).
   * The default behaviour is non-positional and options may appear before or after command-arguments.
   *
   * @param {boolean} [passThrough] for unknown options.
   * @return {Command} `this` command for chaining
   */
  passThroughOptions(passThrough = true) {
    this._passThroughOptions = !!passThrough;
    this._checkForBrokenPassThrough();
    return this;
  }

  /**
   * @private
   */

  _checkForBrokenPassThrough() {
    if (
      this.parent &&
      this._passThroughOptions &&
      !this.parent._enablePositionalOptions
    ) {
      throw new Error(
        `passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`,
      );
    }
  }

  /**
   * Whether to store option values as properties on command object,
   * or store separately (specify false). In both cases the option values can be accessed using .opts().
   *
   * @param {boolean} [storeAsProperties=true]
   * @return {Command} `this` command for chaining
   */

  storeOptionsAsProperties(storeAsProperties = true) {
    if (this.options.length) {
      throw new Error('call .storeOptionsAsProperties() before adding options');
    }
    if (Object.keys(this._optionValues).length) {
      throw new Error(
        'call .storeOptionsAsProperties() before setting option values',
      );
    }
    this._storeOptionsAsProperties = !!storeAsProperties;
    return this;
  }

  /**
   * Retrieve option value.
   *
   * @param {string} key
   * @return {object} value
   */

  getOptionValue(key) {
    if (this._storeOptionsAsProperties) {
      return this[key];
    }
    return this._optionValues[key];
  }

  /**
   * Store option value.
   *
   * @param {string} key
   * @param {object} value
   * @return {Command} `this` command for chaining
   */

  setOptionValue(key, value) {
    return this.setOptionValueWithSource(key, value, undefined);
  }

  /**
   * Store option value and where the value came from.
   *
   * @param {string} key
   * @param {object} value
   * @param {string} source - expected values are default/config/env/cli/implied
   * @return {Command} `this` command for chaining
   */

  setOptionValueWithSource(key, value, source) {
    if (this._storeOptionsAsProperties) {
      this[key] = value;
    } else {
      this._optionValues[key] = value;
    }
    this._optionValueSources[key] = source;
    return this;
  }

  /**
   * Get source of option value.
   * Expected values are default | config | env | cli | implied
   *
   * @param {string} key
   * @return {string}
   */

  getOptionValueSource(key) {
    return this._optionValueSources[key];
  }

  /**
   * Get source of option value. See also .optsWithGlobals().
   * Expected values are default | config | env | cli | implied
   *
   * @param {string} key
   * @return {string}
   */

  getOptionValueSourceWithGlobals(key) {
    // global overwrites local, like optsWithGlobals
    let source;
    this._getCommandAndAncestors().forEach((cmd) => {
      if (cmd.getOptionValueSource(key) !== undefined) {
        source = cmd.getOptionValueSource(key);
      }
    });
    return source;
  }

  /**
   * Get user arguments from implied or explicit arguments.
   * Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
   *
   * @private
   */

  _prepareUserArgs(argv, parseOptions) {
    if (argv !== undefined && !Array.isArray(argv)) {
      throw new Error('first parameter to parse must be array or undefined');
    }
    parseOptions = parseOptions || {};

    // auto-detect argument conventions if nothing supplied
    if (argv === undefined && parseOptions.from === undefined) {
      if (process.versions?.electron) {
        parseOptions.from = 'electron';
      }
      // check node specific options for scenarios where user CLI args follow executable without scriptname
      const execArgv = process.execArgv ?? [];
      if (
        execArgv.includes('-e') ||
        execArgv.includes('--eval') ||
        execArgv.includes('-p') ||
        execArgv.includes('--print')
      ) {
        parseOptions.from = 'eval'; // internal usage, not documented
      }
    }

    // default to using process.argv
    if (argv === undefined) {
      argv = process.argv;
    }
    this.rawArgs = argv.slice();

    // extract the user args and scriptPath
    let userArgs;
    switch (parseOptions.from) {
      case undefined:
      case 'node':
        this._scriptPath = argv[1];
        userArgs = argv.slice(2);
        break;
      case 'electron':
        // @ts-ignore: because defaultApp is an unknown property
        if (process.defaultApp) {
          this._scriptPath = argv[1];
          userArgs = argv.slice(2);
        } else {
          userArgs = argv.slice(1);
        }
        break;
      case 'user':
        userArgs = argv.slice(0);
        break;
      case 'eval':
        userArgs = argv.slice(1);
        break;
      default:
        throw new Error(
          `unexpected parse option { from: '${parseOptions.from}' }`,
        );
    }

    // Find default name for program from arguments.
    if (!this._name && this._scriptPath)
      this.nameFromFilename(this._scriptPath);
    this._name = this._name || 'program';

    return userArgs;
  }

  /**
   * Parse `argv`, setting options and invoking commands when defined.
   *
   * Use parseAsync instead of parse if any of your action handlers are async.
   *
   * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
   *
   * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
   * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
   * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
   * - `'user'`: just user arguments
   *
   * @example
   * program.parse(); // parse process.argv and auto-detect electron and special node flags
   * program.parse(process.argv); // assume argv[0] is app and argv[1] is script
   * program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
   *
   * @param {string[]} [argv] - optional, defaults to process.argv
   * @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
   * @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
   * @return {Command} `this` command for chaining
   */

  parse(argv, parseOptions) {
    this._prepareForParse();
    const userArgs = this._prepareUserArgs(argv, parseOptions);
    this._parseCommand([], userArgs);

    return this;
  }

  /**
   * Parse `argv`, setting options and invoking commands when defined.
   *
   * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
   *
   * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
   * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
   * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
   * - `'user'`: just user arguments
   *
   * @example
   * await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
   * await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
   * await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
   *
   * @param {string[]} [argv]
   * @param {object} [parseOptions]
   * @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
   * @return {Promise}
   */

  async parseAsync(argv, parseOptions) {
    this._prepareForParse();
    const userArgs = this._prepareUserArgs(argv, parseOptions);
    await this._parseCommand([], userArgs);

    return this;
  }

  _prepareForParse() {
    if (this._savedState === null) {
      this.saveStateBeforeParse();
    } else {
      this.restoreStateBeforeParse();
    }
  }

  /**
   * Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
   * Not usually called directly, but available for subclasses to save their custom state.
   *
   * This is called in a lazy way. Only commands used in parsing chain will have state saved.
   */
  saveStateBeforeParse() {
    this._savedState = {
      // name is stable if supplied by author, but may be unspecified for root command and deduced during parsing
      _name: this._name,
      // option values before parse have default values (including false for negated options)
      // shallow clones
      _optionValues: { ...this._optionValues },
      _optionValueSources: { ...this._optionValueSources },
    };
  }

  /**
   * Restore state before parse for calls after the first.
   * Not usually called directly, but available for subclasses to save their custom state.
   *
   * This is called in a lazy way. Only commands used in parsing chain will have state restored.
   */
  restoreStateBeforeParse() {
    if (this._storeOptionsAsProperties)
      throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);

    // clear state from _prepareUserArgs
    this._name = this._savedState._name;
    this._scriptPath = null;
    this.rawArgs = [];
    // clear state from setOptionValueWithSource
    this._optionValues = { ...this._savedState._optionValues };
    this._optionValueSources = { ...this._savedState._optionValueSources };
    // clear state from _parseCommand
    this.args = [];
    // clear state from _processArguments
    this.processedArgs = [];
  }

  /**
   * Throw if expected executable is missing. Add lots of help for author.
   *
   * @param {string} executableFile
   * @param {string} executableDir
   * @param {string} subcommandName
   */
  _checkForMissingExecutable(executableFile, executableDir, subcommandName) {
    if (fs.existsSync(executableFile)) return;

    const executableDirMessage = executableDir
      ? `searched for local subcommand relative to directory '${executableDir}'`
      : 'no directory for search for local subcommand, use .executableDir() to supply a custom directory';
    const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDirMessage}`;
    throw new Error(executableMissing);
  }

  /**
   * Execute a sub-command executable.
   *
   * @private
   */

  _executeSubCommand(subcommand, args) {
    args = args.slice();
    let launchWithNode = false; // Use node for source targets so do not need to get permissions correct, and on Windows.
    const sourceExt = ['.js', '.ts', '.tsx', '.mjs', '.cjs'];

    function findFile(baseDir, baseName) {
      // Look for specified file
      const localBin = path.resolve(baseDir, baseName);
      if (fs.existsSync(localBin)) return localBin;

      // Stop looking if candidate already has an expected extension.
      if (sourceExt.includes(path.extname(baseName))) return undefined;

      // Try all the extensions.
      const foundExt = sourceExt.find((ext) =>
        fs.existsSync(`${localBin}${ext}`),
      );
      if (foundExt) return `${localBin}${foundExt}`;

      return undefined;
    }

    // Not checking for help first. Unlikely to have mandatory and executable, and can't robustly test for help flags in external command.
    this._checkForMissingMandatoryOptions();
    this._checkForConflictingOptions();

    // executableFile and executableDir might be full path, or just a name
    let executableFile =
      subcommand._executableFile || `${this._name}-${subcommand._name}`;
    let executableDir = this._executableDir || '';
    if (this._scriptPath) {
      let resolvedScriptPath; // resolve possible symlink for installed npm binary
      try {
        resolvedScriptPath = fs.realpathSync(this._scriptPath);
      } catch {
        resolvedScriptPath = this._scriptPath;
      }
      executableDir = path.resolve(
        path.dirname(resolvedScriptPath),
        executableDir,
      );
    }

    // Look for a local file in preference to a command in PATH.
    if (executableDir) {
      let localFile = findFile(executableDir, executableFile);

      // Legacy search using prefix of script name instead of command name
      if (!localFile && !subcommand._executableFile && this._scriptPath) {
        const legacyName = path.basename(
          this._scriptPath,
          path.extname(this._scriptPath),
        );
        if (legacyName !== this._name) {
          localFile = findFile(
            executableDir,
            `${legacyName}-${subcommand._name}`,
          );
        }
      }
      executableFile = localFile || executableFile;
    }

    launchWithNode = sourceExt.includes(path.extname(executableFile));

    let proc;
    if (process.platform !== 'win32') {
      if (launchWithNode) {
        args.unshift(executableFile);
        // add executable arguments to spawn
        args = incrementNodeInspectorPort(process.execArgv).concat(args);

        proc = childProcess.spawn(process.argv[0], args, { stdio: 'inherit' });
      } else {
        proc = childProcess.spawn(executableFile, args, { stdio: 'inherit' });
      }
    } else {
      this._checkForMissingExecutable(
        executableFile,
        executableDir,
        subcommand._name,
      );
      args.unshift(executableFile);
      // add executable arguments to spawn
      args = incrementNodeInspectorPort(process.execArgv).concat(args);
      proc = childProcess.spawn(process.execPath, args, { stdio: 'inherit' });
    }

    if (!proc.killed) {
      // testing mainly to avoid leak warnings during unit tests with mocked spawn
      const signals = ['SIGUSR1', 'SIGUSR2', 'SIGTERM', 'SIGINT', 'SIGHUP'];
      signals.forEach((signal) => {
        process.on(signal, () => {
          if (proc.killed === false && proc.exitCode === null) {
            // @ts-ignore because signals not typed to known strings
            proc.kill(signal);
          }
        });
      });
    }

    // By default terminate process when spawned process terminates.
    const exitCallback = this._exitCallback;
    proc.on('close', (code) => {
      code = code ?? 1; // code is null if spawned process terminated due to a signal
      if (!exitCallback) {
        process.exit(code);
      } else {
        exitCallback(
          new CommanderError(
            code,
            'commander.executeSubCommandAsync',
            '(close)',
          ),
        );
      }
    });
    proc.on('error', (err) => {
      // @ts-ignore: because err.code is an unknown property
      if (err.code === 'ENOENT') {
        this._checkForMissingExecutable(
          executableFile,
          executableDir,
          subcommand._name,
        );
        // @ts-ignore: because err.code is an unknown property
      } else if (err.code === 'EACCES') {
        throw new Error(`'${executableFile}' not executable`);
      }
      if (!exitCallback) {
        process.exit(1);
      } else {
        const wrappedError = new CommanderError(
          1,
          'commander.executeSubCommandAsync',
          '(error)',
        );
        wrappedError.nestedError = err;
        exitCallback(wrappedError);
      }
    });

    // Store the reference to the child process
    this.runningCommand = proc;
  }

  /**
   * @private
   */

  _dispatchSubcommand(commandName, operands, unknown) {
    const subCommand = this._findCommand(commandName);
    if (!subCommand) this.help({ error: true });

    subCommand._prepareForParse();
    let promiseChain;
    promiseChain = this._chainOrCallSubCommandHook(
      promiseChain,
      subCommand,
      'preSubcommand',
    );
    promiseChain = this._chainOrCall(promiseChain, () => {
      if (subCommand._executableHandler) {
        this._executeSubCommand(subCommand, operands.concat(unknown));
      } else {
        return subCommand._parseCommand(operands, unknown);
      }
    });
    return promiseChain;
  }

  /**
   * Invoke help directly if possible, or dispatch if necessary.
   * e.g. help foo
   *
   * @private
   */

  _dispatchHelpCommand(subcommandName) {
    if (!subcommandName) {
      this.help();
    }
    const subCommand = this._findCommand(subcommandName);
    if (subCommand && !subCommand._executableHandler) {
      subCommand.help();
    }

    // Fallback to parsing the help flag to invoke the help.
    return this._dispatchSubcommand(
      subcommandName,
      [],
      [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? '--help'],
    );
  }

  /**
   * Check this.args against expected this.registeredArguments.
   *
   * @private
   */

  _checkNumberOfArguments() {
    // too few
    this.registeredArguments.forEach((arg, i) => {
      if (arg.required && this.args[i] == null) {
        this.missingArgument(arg.name());
      }
    });
    // too many
    if (
      this.registeredArguments.length > 0 &&
      this.registeredArguments[this.registeredArguments.length - 1].variadic
    ) {
      return;
    }
    if (this.args.length > this.registeredArguments.length) {
      this._excessArguments(this.args);
    }
  }

  /**
   * Process this.args using this.registeredArguments and save as this.processedArgs!
   *
   * @private
   */

  _processArguments() {
    const myParseArg = (argument, value, previous) => {
      // Extra processing for nice error message on parsing failure.
      let parsedValue = value;
      if (value !== null && argument.parseArg) {
        const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
        parsedValue = this._callParseArg(
          argument,
          value,
          previous,
          invalidValueMessage,
        );
      }
      return parsedValue;
    };

    this._checkNumberOfArguments();

    const processedArgs = [];
    this.registeredArguments.forEach((declaredArg, index) => {
      let value = declaredArg.defaultValue;
      if (declaredArg.variadic) {
        // Collect together remaining arguments for passing together as an array.
        if (index < this.args.length) {
          value = this.args.slice(index);
          if (declaredArg.parseArg) {
            value = value.reduce((processed, v) => {
              return myParseArg(declaredArg, v, processed);
            }, declaredArg.defaultValue);
          }
        } else if (value === undefined) {
          value = [];
        }
      } else if (index < this.args.length) {
        value = this.args[index];
        if (declaredArg.parseArg) {
          value = myParseArg(declaredArg, value, declaredArg.defaultValue);
        }
      }
      processedArgs[index] = value;
    });
    this.processedArgs = processedArgs;
  }

  /**
   * Once we have a promise we chain, but call synchronously until then.
   *
   * @param {(Promise|undefined)} promise
   * @param {Function} fn
   * @return {(Promise|undefined)}
   * @private
   */

  _chainOrCall(promise, fn) {
    // thenable
    if (promise?.then && typeof promise.then === 'function') {
      // already have a promise, chain callback
      return promise.then(() => fn());
    }
    // callback might return a promise
    return fn();
  }

  /**
   *
   * @param {(Promise|undefined)} promise
   * @param {string} event
   * @return {(Promise|undefined)}
   * @private
   */

  _chainOrCallHooks(promise, event) {
    let result = promise;
    const hooks = [];
    this._getCommandAndAncestors()
      .reverse()
      .filter((cmd) => cmd._lifeCycleHooks[event] !== undefined)
      .forEach((hookedCommand) => {
        hookedCommand._lifeCycleHooks[event].forEach((callback) => {
          hooks.push({ hookedCommand, callback });
        });
      });
    if (event === 'postAction') {
      hooks.reverse();
    }

    hooks.forEach((hookDetail) => {
      result = this._chainOrCall(result, () => {
        return hookDetail.callback(hookDetail.hookedCommand, this);
      });
    });
    return result;
  }

  /**
   *
   * @param {(Promise|undefined)} promise
   * @param {Command} subCommand
   * @param {string} event
   * @return {(Promise|undefined)}
   * @private
   */

  _chainOrCallSubCommandHook(promise, subCommand, event) {
    let result = promise;
    if (this._lifeCycleHooks[event] !== undefined) {
      this._lifeCycleHooks[event].forEach((hook) => {
        result = this._chainOrCall(result, () => {
          return hook(this, subCommand);
        });
      });
    }
    return result;
  }

  /**
   * Process arguments in context of this command.
   * Returns action result, in case it is a promise.
   *
   * @private
   */

  _parseCommand(operands, unknown) {
    const parsed = this.parseOptions(unknown);
    this._parseOptionsEnv(); // after cli, so parseArg not called on both cli and env
    this._parseOptionsImplied();
    operands = operands.concat(parsed.operands);
    unknown = parsed.unknown;
    this.args = operands.concat(unknown);

    if (operands && this._findCommand(operands[0])) {
      return this._dispatchSubcommand(operands[0], operands.slice(1), unknown);
    }
    if (
      this._getHelpCommand() &&
      operands[0] === this._getHelpCommand().name()
    ) {
      return this._dispatchHelpCommand(operands[1]);
    }
    if (this._defaultCommandName) {
      this._outputHelpIfRequested(unknown); // Run the help for default command from parent rather than passing to default command
      return this._dispatchSubcommand(
        this._defaultCommandName,
        operands,
        unknown,
      );
    }
    if (
      this.commands.length &&
      this.args.length === 0 &&
      !this._actionHandler &&
      !this._defaultCommandName
    ) {
      // probably missing subcommand and no handler, user needs help (and exit)
      this.help({ error: true });
    }

    this._outputHelpIfRequested(parsed.unknown);
    this._checkForMissingMandatoryOptions();
    this._checkForConflictingOptions();

    // We do not always call this check to avoid masking a "better" error, like unknown command.
    const checkForUnknownOptions = () => {
      if (parsed.unknown.length > 0) {
        this.unknownOption(parsed.unknown[0]);
      }
    };

    const commandEvent = `command:${this.name()}`;
    if (this._actionHandler) {
      checkForUnknownOptions();
      this._processArguments();

      let promiseChain;
      promiseChain = this._chainOrCallHooks(promiseChain, 'preAction');
      promiseChain = this._chainOrCall(promiseChain, () =>
        this._actionHandler(this.processedArgs),
      );
      if (this.parent) {
        promiseChain = this._chainOrCall(promiseChain, () => {
          this.parent.emit(commandEvent, operands, unknown); // legacy
        });
      }
      promiseChain = this._chainOrCallHooks(promiseChain, 'postAction');
      return promiseChain;
    }
    if (this.parent?.listenerCount(commandEvent)) {
      checkForUnknownOptions();
      this._processArguments();
      this.parent.emit(commandEvent, operands, unknown); // legacy
    } else if (operands.length) {
      if (this._findCommand('*')) {
        // legacy default command
        return this._dispatchSubcommand('*', operands, unknown);
      }
      if (this.listenerCount('command:*')) {
        // skip option check, emit event for possible misspelling suggestion
        this.emit('command:*', operands, unknown);
      } else if (this.commands.length) {
        this.unknownCommand();
      } else {
        checkForUnknownOptions();
        this._processArguments();
      }
    } else if (this.commands.length) {
      checkForUnknownOptions();
      // This command has subcommands and nothing hooked up at this level, so display help (and exit).
      this.help({ error: true });
    } else {
      checkForUnknownOptions();
      this._processArguments();
      // fall through for caller to handle after calling .parse()
    }
  }

  /**
   * Find matching command.
   *
   * @private
   * @return {Command | undefined}
   */
  _findCommand(name) {
    if (!name) return undefined;
    return this.commands.find(
      (cmd) => cmd._name === name || cmd._aliases.includes(name),
    );
  }

  /**
   * Return an option matching `arg` if any.
   *
   * @param {string} arg
   * @return {Option}
   * @package
   */

  _findOption(arg) {
    return this.options.find((option) => option.is(arg));
  }

  /**
   * Display an error message if a mandatory option does not have a value.
   * Called after checking for help flags in leaf subcommand.
   *
   * @private
   */

  _checkForMissingMandatoryOptions() {
    // Walk up hierarchy so can call in subcommand after checking for displaying help.
    this._getCommandAndAncestors().forEach((cmd) => {
      cmd.options.forEach((anOption) => {
        if (
          anOption.mandatory &&
          cmd.getOptionValue(anOption.attributeName()) === undefined
        ) {
          cmd.missingMandatoryOptionValue(anOption);
        }
      });
    });
  }

  /**
   * Display an error message if conflicting options are used together in this.
   *
   * @private
   */
  _checkForConflictingLocalOptions() {
    const definedNonDefaultOptions = this.options.filter((option) => {
      const optionKey = option.attributeName();
      if (this.getOptionValue(optionKey) === undefined) {
        return false;
      }
      return this.getOptionValueSource(optionKey) !== 'default';
    });

    const optionsWithConflicting = definedNonDefaultOptions.filter(
      (option) => option.conflictsWith.length > 0,
    );

    optionsWithConflicting.forEach((option) => {
      const conflictingAndDefined = definedNonDefaultOptions.find((defined) =>
        option.conflictsWith.includes(defined.attributeName()),
      );
      if (conflictingAndDefined) {
        this._conflictingOption(option, conflictingAndDefined);
      }
    });
  }

  /**
   * Display an error message if conflicting options are used together.
   * Called after checking for help flags in leaf subcommand.
   *
   * @private
   */
  _checkForConflictingOptions() {
    // Walk up hierarchy so can call in subcommand after checking for displaying help.
    this._getCommandAndAncestors().forEach((cmd) => {
      cmd._checkForConflictingLocalOptions();
    });
  }

  /**
   * Parse options from `argv` removing known options,
   * and return argv split into operands and unknown arguments.
   *
   * Side effects: modifies command by storing options. Does not reset state if called again.
   *
   * Examples:
   *
   *     argv => operands, unknown
   *     --known kkk op => [op], []
   *     op --known kkk => [op], []
   *     sub --unknown uuu op => [sub], [--unknown uuu op]
   *     sub -- --unknown uuu op => [sub --unknown uuu op], []
   *
   * @param {string[]} args
   * @return {{operands: string[], unknown: string[]}}
   */

  parseOptions(args) {
    const operands = []; // operands, not options or values
    const unknown = []; // first unknown option and remaining unknown args
    let dest = operands;

    function maybeOption(arg) {
      return arg.length > 1 && arg[0] === '-';
    }

    const negativeNumberArg = (arg) => {
      // return false if not a negative number
      if (!/^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(arg)) return false;
      // negative number is ok unless digit used as an option in command hierarchy
      return !this._getCommandAndAncestors().some((cmd) =>
        cmd.options
          .map((opt) => opt.short)
          .some((short) => /^-\d$/.test(short)),
      );
    };

    // parse options
    let activeVariadicOption = null;
    let activeGroup = null; // working through group of short options, like -abc
    let i = 0;
    while (i < args.length || activeGroup) {
      const arg = activeGroup ?? args[i++];
      activeGroup = null;

      // literal
      if (arg === '--') {
        if (dest === unknown) dest.push(arg);
        dest.push(...args.slice(i));
        break;
      }

      if (
        activeVariadicOption &&
        (!maybeOption(arg) || negativeNumberArg(arg))
      ) {
        this.emit(`option:${activeVariadicOption.name()}`, arg);
        continue;
      }
      activeVariadicOption = null;

      if (maybeOption(arg)) {
        const option = this._findOption(arg);
        // recognised option, call listener to assign value with possible custom processing
        if (option) {
          if (option.required) {
            const value = args[i++];
            if (value === undefined) this.optionMissingArgument(option);
            this.emit(`option:${option.name()}`, value);
          } else if (option.optional) {
            let value = null;
            // historical behaviour is optional value is following arg unless an option
            if (
              i < args.length &&
              (!maybeOption(args[i]) || negativeNumberArg(args[i]))
            ) {
              value = args[i++];
            }
            this.emit(`option:${option.name()}`, value);
          } else {
            // boolean flag
            this.emit(`option:${option.name()}`);
          }
          activeVariadicOption = option.variadic ? option : null;
          continue;
        }
      }

      // Look for combo options following single dash, eat first one if known.
      if (arg.length > 2 && arg[0] === '-' && arg[1] !== '-') {
        const option = this._findOption(`-${arg[1]}`);
        if (option) {
          if (
            option.required ||
            (option.optional && this._combineFlagAndOptionalValue)
          ) {
            // option with value following in same argument
            this.emit(`option:${option.name()}`, arg.slice(2));
          } else {
            // boolean option
            this.emit(`option:${option.name()}`);
            // remove the processed option and keep processing group
            activeGroup = `-${arg.slice(2)}`;
          }
          continue;
        }
      }

      // Look for known long flag with value, like --foo=bar
      if (/^--[^=]+=/.test(arg)) {
        const index = arg.indexOf('=');
        const option = this._findOption(arg.slice(0, index));
        if (option && (option.required || option.optional)) {
          this.emit(`option:${option.name()}`, arg.slice(index + 1));
          continue;
        }
      }

      // Not a recognised option by this command.
      // Might be a command-argument, or subcommand option, or unknown option, or help command or option.

      // An unknown option means further arguments also classified as unknown so can be reprocessed by subcommands.
      // A negative number in a leaf command is not an unknown option.
      if (
        dest === operands &&
        maybeOption(arg) &&
        !(this.commands.length === 0 && negativeNumberArg(arg))
      ) {
        dest = unknown;
      }

      // If using positionalOptions, stop processing our options at subcommand.
      if (
        (this._enablePositionalOptions || this._passThroughOptions) &&
        operands.length === 0 &&
        unknown.length === 0
      ) {
        if (this._findCommand(arg)) {
          operands.push(arg);
          unknown.push(...args.slice(i));
          break;
        } else if (
          this._getHelpCommand() &&
          arg === this._getHelpCommand().name()
        ) {
          operands.push(arg, ...args.slice(i));
          break;
        } else if (this._defaultCommandName) {
          unknown.push(arg, ...args.slice(i));
          break;
        }
      }

      // If using passThroughOptions, stop processing options at first command-argument.
      if (this._passThroughOptions) {
        dest.push(arg, ...args.slice(i));
        break;
      }

      // add arg
      dest.push(arg);
    }

    return { operands, unknown };
  }

  /**
   * Return an object containing local option values as key-value pairs.
   *
   * @return {object}
   */
  opts() {
    if (this._storeOptionsAsProperties) {
      // Preserve original behaviour so backwards compatible when still using properties
      const result = {};
      const len = this.options.length;

      for (let i = 0; i < len; i++) {
        const key = this.options[i].attributeName();
        result[key] =
          key === this._versionOptionName ? this._version : this[key];
      }
      return result;
    }

    return this._optionValues;
  }

  /**
   * Return an object containing merged local and global option values as key-value pairs.
   *
   * @return {object}
   */
  optsWithGlobals() {
    // globals overwrite locals
    return this._getCommandAndAncestors().reduce(
      (combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()),
      {},
    );
  }

  /**
   * Display error message and exit (or call exitOverride).
   *
   * @param {string} message
   * @param {object} [errorOptions]
   * @param {string} [errorOptions.code] - an id string representing the error
   * @param {number} [errorOptions.exitCode] - used with process.exit
   */
  error(message, errorOptions) {
    // output handling
    this._outputConfiguration.outputError(
      `${message}\n`,
      this._outputConfiguration.writeErr,
    );
    if (typeof this._showHelpAfterError === 'string') {
      this._outputConfiguration.writeErr(`${this._showHelpAfterError}\n`);
    } else if (this._showHelpAfterError) {
      this._outputConfiguration.writeErr('\n');
      this.outputHelp({ error: true });
    }

    // exit handling
    const config = errorOptions || {};
    const exitCode = config.exitCode || 1;
    const code = config.code || 'commander.error';
    this._exit(exitCode, code, message);
  }

  /**
   * Apply any option related environment variables, if option does
   * not have a value from cli or client code.
   *
   * @private
   */
  _parseOptionsEnv() {
    this.options.forEach((option) => {
      if (option.envVar && option.envVar in process.env) {
        const optionKey = option.attributeName();
        // Priority check. Do not overwrite cli or options from unknown source (client-code).
        if (
          this.getOptionValue(optionKey) === undefined ||
          ['default', 'config', 'env'].includes(
            this.getOptionValueSource(optionKey),
          )
        ) {
          if (option.required || option.optional) {
            // option can take a value
            // keep very simple, optional always takes value
            this.emit(`optionEnv:${option.name()}`, process.env[option.envVar]);
          } else {
            // boolean
            // keep very simple, only care that envVar defined and not the value
            this.emit(`optionEnv:${option.name()}`);
          }
        }
      }
    });
  }

  /**
   * Apply any implied option values, if option is undefined or default value.
   *
   * @private
   */
  _parseOptionsImplied() {
    const dualHelper = new DualOptions(this.options);
    const hasCustomOptionValue = (optionKey) => {
      return (
        this.getOptionValue(optionKey) !== undefined &&
        !['default', 'implied'].includes(this.getOptionValueSource(optionKey))
      );
    };
    this.options
      .filter(
        (option) =>
          option.implied !== undefined &&
          hasCustomOptionValue(option.attributeName()) &&
          dualHelper.valueFromOption(
            this.getOptionValue(option.attributeName()),
            option,
          ),
      )
      .forEach((option) => {
        Object.keys(option.implied)
          .filter((impliedKey) => !hasCustomOptionValue(impliedKey))
          .forEach((impliedKey) => {
            this.setOptionValueWithSource(
              impliedKey,
              option.implied[impliedKey],
              'implied',
            );
          });
      });
  }

  /**
   * Argument `name` is missing.
   *
   * @param {string} name
   * @private
   */

  missingArgument(name) {
    const message = `error: missing required argument '${name}'`;
    this.error(message, { code: 'commander.missingArgument' });
  }

  /**
   * `Option` is missing an argument.
   *
   * @param {Option} option
   * @private
   */

  optionMissingArgument(option) {
    const message = `error: option '${option.flags}' argument missing`;
    this.error(message, { code: 'commander.optionMissingArgument' });
  }

  /**
   * `Option` does not have a value, and is a mandatory option.
   *
   * @param {Option} option
   * @private
   */

  missingMandatoryOptionValue(option) {
    const message = `error: required option '${option.flags}' not specified`;
    this.error(message, { code: 'commander.missingMandatoryOptionValue' });
  }

  /**
   * `Option` conflicts with another option.
   *
   * @param {Option} option
   * @param {Option} conflictingOption
   * @private
   */
  _conflictingOption(option, conflictingOption) {
    // The calling code does not know whether a negated option is the source of the
    // value, so do some work to take an educated guess.
    const findBestOptionFromValue = (option) => {
      const optionKey = option.attributeName();
      const optionValue = this.getOptionValue(optionKey);
      const negativeOption = this.options.find(
        (target) => target.negate && optionKey === target.attributeName(),
      );
      const positiveOption = this.options.find(
        (target) => !target.negate && optionKey === target.attributeName(),
      );
      if (
        negativeOption &&
        ((negativeOption.presetArg === undefined && optionValue === false) ||
          (negativeOption.presetArg !== undefined &&
            optionValue === negativeOption.presetArg))
      ) {
        return negativeOption;
      }
      return positiveOption || option;
    };

    const getErrorMessage = (option) => {
      const bestOption = findBestOptionFromValue(option);
      const optionKey = bestOption.attributeName();
      const source = this.getOptionValueSource(optionKey);
      if (source === 'env') {
        return `environment variable '${bestOption.envVar}'`;
      }
      return `option '${bestOption.flags}'`;
    };

    const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
    this.error(message, { code: 'commander.conflictingOption' });
  }

  /**
   * Unknown option `flag`.
   *
   * @param {string} flag
   * @private
   */

  unknownOption(flag) {
    if (this._allowUnknownOption) return;
    let suggestion = '';

    if (flag.startsWith('--') && this._showSuggestionAfterError) {
      // Looping to pick up the global options too
      let candidateFlags = [];
      // eslint-disable-next-line @typescript-eslint/no-this-alias
      let command = this;
      do {
        const moreFlags = command
          .createHelp()
          .visibleOptions(command)
          .filter((option) => option.long)
          .map((option) => option.long);
        candidateFlags = candidateFlags.concat(moreFlags);
        command = command.parent;
      } while (command && !command._enablePositionalOptions);
      suggestion = suggestSimilar(flag, candidateFlags);
    }

    const message = `error: unknown option '${flag}'${suggestion}`;
    this.error(message, { code: 'commander.unknownOption' });
  }

  /**
   * Excess arguments, more than expected.
   *
   * @param {string[]} receivedArgs
   * @private
   */

  _excessArguments(receivedArgs) {
    if (this._allowExcessArguments) return;

    const expected = this.registeredArguments.length;
    const s = expected === 1 ? '' : 's';
    const forSubcommand = this.parent ? ` for '${this.name()}'` : '';
    const message = `error: too many arguments${forSubcommand}. Expected ${expected} argument${s} but got ${receivedArgs.length}.`;
    this.error(message, { code: 'commander.excessArguments' });
  }

  /**
   * Unknown command.
   *
   * @private
   */

  unknownCommand() {
    const unknownName = this.args[0];
    let suggestion = '';

    if (this._showSuggestionAfterError) {
      const candidateNames = [];
      this.createHelp()
        .visibleCommands(this)
        .forEach((command) => {
          candidateNames.push(command.name());
          // just visible alias
          if (command.alias()) candidateNames.push(command.alias());
        });
      suggestion = suggestSimilar(unknownName, candidateNames);
    }

    const message = `error: unknown command '${unknownName}'${suggestion}`;
    this.error(message, { code: 'commander.unknownCommand' });
  }

  /**
   * Get or set the program version.
   *
   * This method auto-registers the "-V, --version" option which will print the version number.
   *
   * You can optionally supply the flags and description to override the defaults.
   *
   * @param {string} [str]
   * @param {string} [flags]
   * @param {string} [description]
   * @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
   */

  version(str, flags, description) {
    if (str === undefined) return this._version;
    this._version = str;
    flags = flags || '-V, --version';
    description = description || 'output the version number';
    const versionOption = this.createOption(flags, description);
    this._versionOptionName = versionOption.attributeName();
    this._registerOption(versionOption);

    this.on('option:' + versionOption.name(), () => {
      this._outputConfiguration.writeOut(`${str}\n`);
      this._exit(0, 'commander.version', str);
    });
    return this;
  }

  /**
   * Set the description.
   *
   * @param {string} [str]
   * @param {object} [argsDescription]
   * @return {(string|Command)}
   */
  description(str, argsDescription) {
    if (str === undefined && argsDescription === undefined)
      return this._description;
    this._description = str;
    if (argsDescription) {
      this._argsDescription = argsDescription;
    }
    return this;
  }

  /**
   * Set the summary. Used when listed as subcommand of parent.
   *
   * @param {string} [str]
   * @return {(string|Command)}
   */
  summary(str) {
    if (str === undefined) return this._summary;
    this._summary = str;
    return this;
  }

  /**
   * Set an alias for the command.
   *
   * You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
   *
   * @param {string} [alias]
   * @return {(string|Command)}
   */

  alias(alias) {
    if (alias === undefined) return this._aliases[0]; // just return first, for backwards compatibility

    /** @type {Command} */
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    let command = this;
    if (
      this.commands.length !== 0 &&
      this.commands[this.commands.length - 1]._executableHandler
    ) {
      // assume adding alias for last added executable subcommand, rather than this
      command = this.commands[this.commands.length - 1];
    }

    if (alias === command._name)
      throw new Error("Command alias can't be the same as its name");
    const matchingCommand = this.parent?._findCommand(alias);
    if (matchingCommand) {
      // c.f. _registerCommand
      const existingCmd = [matchingCommand.name()]
        .concat(matchingCommand.aliases())
        .join('|');
      throw new Error(
        `cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`,
      );
    }

    command._aliases.push(alias);
    return this;
  }

  /**
   * Set aliases for the command.
   *
   * Only the first alias is shown in the auto-generated help.
   *
   * @param {string[]} [aliases]
   * @return {(string[]|Command)}
   */

  aliases(aliases) {
    // Getter for the array of aliases is the main reason for having aliases() in addition to alias().
    if (aliases === undefined) return this._aliases;

    aliases.forEach((alias) => this.alias(alias));
    return this;
  }

  /**
   * Set / get the command usage `str`.
   *
   * @param {string} [str]
   * @return {(string|Command)}
   */

  usage(str) {
    if (str === undefined) {
      if (this._usage) return this._usage;

      const args = this.registeredArguments.map((arg) => {
        return humanReadableArgName(arg);
      });
      return []
        .concat(
          this.options.length || this._helpOption !== null ? '[options]' : [],
          this.commands.length ? '[command]' : [],
          this.registeredArguments.length ? args : [],
        )
        .join(' ');
    }

    this._usage = str;
    return this;
  }

  /**
   * Get or set the name of the command.
   *
   * @param {string} [str]
   * @return {(string|Command)}
   */

  name(str) {
    if (str === undefined) return this._name;
    this._name = str;
    return this;
  }

  /**
   * Set/get the help group heading for this subcommand in parent command's help.
   *
   * @param {string} [heading]
   * @return {Command | string}
   */

  helpGroup(heading) {
    if (heading === undefined) return this._helpGroupHeading ?? '';
    this._helpGroupHeading = heading;
    return this;
  }

  /**
   * Set/get the default help group heading for subcommands added to this command.
   * (This does not override a group set directly on the subcommand using .helpGroup().)
   *
   * @example
   * program.commandsGroup('Development Commands:);
   * program.command('watch')...
   * program.command('lint')...
   * ...
   *
   * @param {string} [heading]
   * @returns {Command | string}
   */
  commandsGroup(heading) {
    if (heading === undefined) return this._defaultCommandGroup ?? '';
    this._defaultCommandGroup = heading;
    return this;
  }

  /**
   * Set/get the default help group heading for options added to this command.
   * (This does not override a group set directly on the option using .helpGroup().)
   *
   * @example
   * program
   *   .optionsGroup('Development Options:')
   *   .option('-d, --debug', 'output extra debugging')
   *   .option('-p, --profile', 'output profiling information')
   *
   * @param {string} [heading]
   * @returns {Command | string}
   */
  optionsGroup(heading) {
    if (heading === undefined) return this._defaultOptionGroup ?? '';
    this._defaultOptionGroup = heading;
    return this;
  }

  /**
   * @param {Option} option
   * @private
   */
  _initOptionGroup(option) {
    if (this._defaultOptionGroup && !option.helpGroupHeading)
      option.helpGroup(this._defaultOptionGroup);
  }

  /**
   * @param {Command} cmd
   * @private
   */
  _initCommandGroup(cmd) {
    if (this._defaultCommandGroup && !cmd.helpGroup())
      cmd.helpGroup(this._defaultCommandGroup);
  }

  /**
   * Set the name of the command from script filename, such as process.argv[1],
   * or require.main.filename, or __filename.
   *
   * (Used internally and public although not documented in README.)
   *
   * @example
   * program.nameFromFilename(require.main.filename);
   *
   * @param {string} filename
   * @return {Command}
   */

  nameFromFilename(filename) {
    this._name = path.basename(filename, path.extname(filename));

    return this;
  }

  /**
   * Get or set the directory for searching for executable subcommands of this command.
   *
   * @example
   * program.executableDir(__dirname);
   * // or
   * program.executableDir('subcommands');
   *
   * @param {string} [path]
   * @return {(string|null|Command)}
   */

  executableDir(path) {
    if (path === undefined) return this._executableDir;
    this._executableDir = path;
    return this;
  }

  /**
   * Return program help documentation.
   *
   * @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
   * @return {string}
   */

  helpInformation(contextOptions) {
    const helper = this.createHelp();
    const context = this._getOutputContext(contextOptions);
    helper.prepareContext({
      error: context.error,
      helpWidth: context.helpWidth,
      outputHasColors: context.hasColors,
    });
    const text = helper.formatHelp(this, helper);
    if (context.hasColors) return text;
    return this._outputConfiguration.stripColor(text);
  }

  /**
   * @typedef HelpContext
   * @type {object}
   * @property {boolean} error
   * @property {number} helpWidth
   * @property {boolean} hasColors
   * @property {function} write - includes stripColor if needed
   *
   * @returns {HelpContext}
   * @private
   */

  _getOutputContext(contextOptions) {
    contextOptions = contextOptions || {};
    const error = !!contextOptions.error;
    let baseWrite;
    let hasColors;
    let helpWidth;
    if (error) {
      baseWrite = (str) => this._outputConfiguration.writeErr(str);
      hasColors = this._outputConfiguration.getErrHasColors();
      helpWidth = this._outputConfiguration.getErrHelpWidth();
    } else {
      baseWrite = (str) => this._outputConfiguration.writeOut(str);
      hasColors = this._outputConfiguration.getOutHasColors();
      helpWidth = this._outputConfiguration.getOutHelpWidth();
    }
    const write = (str) => {
      if (!hasColors) str = this._outputConfiguration.stripColor(str);
      return baseWrite(str);
    };
    return { error, write, hasColors, helpWidth };
  }

  /**
   * Output help information for this command.
   *
   * Outputs built-in help, and custom text added using `.addHelpText()`.
   *
   * @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
   */

  outputHelp(contextOptions) {
    let deprecatedCallback;
    if (typeof contextOptions === 'function') {
      deprecatedCallback = contextOptions;
      contextOptions = undefined;
    }

    const outputContext = this._getOutputContext(contextOptions);
    /** @type {HelpTextEventContext} */
    const eventContext = {
      error: outputContext.error,
      write: outputContext.write,
      command: this,
    };

    this._getCommandAndAncestors()
      .reverse()
      .forEach((command) => command.emit('beforeAllHelp', eventContext));
    this.emit('beforeHelp', eventContext);

    let helpInformation = this.helpInformation({ error: outputContext.error });
    if (deprecatedCallback) {
      helpInformation = deprecatedCallback(helpInformation);
      if (
        typeof helpInformation !== 'string' &&
        !Buffer.isBuffer(helpInformation)
      ) {
        throw new Error('outputHelp callback must return a string or a Buffer');
      }
    }
    outputContext.write(helpInformation);

    if (this._getHelpOption()?.long) {
      this.emit(this._getHelpOption().long); // deprecated
    }
    this.emit('afterHelp', eventContext);
    this._getCommandAndAncestors().forEach((command) =>
      command.emit('afterAllHelp', eventContext),
    );
  }

  /**
   * You can pass in flags and a description to customise the built-in help option.
   * Pass in false to disable the built-in help option.
   *
   * @example
   * program.helpOption('-?, --help' 'show help'); // customise
   * program.helpOption(false); // disable
   *
   * @param {(string | boolean)} flags
   * @param {string} [description]
   * @return {Command} `this` command for chaining
   */

  helpOption(flags, description) {
    // Support enabling/disabling built-in help option.
    if (typeof flags === 'boolean') {
      if (flags) {
        if (this._helpOption === null) this._helpOption = undefined; // reenable
        if (this._defaultOptionGroup) {
          // make the option to store the group
          this._initOptionGroup(this._getHelpOption());
        }
      } else {
        this._helpOption = null; // disable
      }
      return this;
    }

    // Customise flags and description.
    this._helpOption = this.createOption(
      flags ?? '-h, --help',
      description ?? 'display help for command',
    );
    // init group unless lazy create
    if (flags || description) this._initOptionGroup(this._helpOption);

    return this;
  }

  /**
   * Lazy create help option.
   * Returns null if has been disabled with .helpOption(false).
   *
   * @returns {(Option | null)} the help option
   * @package
   */
  _getHelpOption() {
    // Lazy create help option on demand.
    if (this._helpOption === undefined) {
      this.helpOption(undefined, undefined);
    }
    return this._helpOption;
  }

  /**
   * Supply your own option to use for the built-in help option.
   * This is an alternative to using helpOption() to customise the flags and description etc.
   *
   * @param {Option} option
   * @return {Command} `this` command for chaining
   */
  addHelpOption(option) {
    this._helpOption = option;
    this._initOptionGroup(option);
    return this;
  }

  /**
   * Output help information and exit.
   *
   * Outputs built-in help, and custom text added using `.addHelpText()`.
   *
   * @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
   */

  help(contextOptions) {
    this.outputHelp(contextOptions);
    let exitCode = Number(process.exitCode ?? 0); // process.exitCode does allow a string or an integer, but we prefer just a number
    if (
      exitCode === 0 &&
      contextOptions &&
      typeof contextOptions !== 'function' &&
      contextOptions.error
    ) {
      exitCode = 1;
    }
    // message: do not have all displayed text available so only passing placeholder.
    this._exit(exitCode, 'commander.help', '(outputHelp)');
  }

  /**
   * // Do a little typing to coordinate emit and listener for the help text events.
   * @typedef HelpTextEventContext
   * @type {object}
   * @property {boolean} error
   * @property {Command} command
   * @property {function} write
   */

  /**
   * Add additional text to be displayed with the built-in help.
   *
   * Position is 'before' or 'after' to affect just this command,
   * and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
   *
   * @param {string} position - before or after built-in help
   * @param {(string | Function)} text - string to add, or a function returning a string
   * @return {Command} `this` command for chaining
   */

  addHelpText(position, text) {
    const allowedValues = ['beforeAll', 'before', 'after', 'afterAll'];
    if (!allowedValues.includes(position)) {
      throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
    }

    const helpEvent = `${position}Help`;
    this.on(helpEvent, (/** @type {HelpTextEventContext} */ context) => {
      let helpStr;
      if (typeof text === 'function') {
        helpStr = text({ error: context.error, command: context.command });
      } else {
        helpStr = text;
      }
      // Ignore falsy value when nothing to output.
      if (helpStr) {
        context.write(`${helpStr}\n`);
      }
    });
    return this;
  }

  /**
   * Output help information if help flags specified
   *
   * @param {Array} args - array of options to search for help flags
   * @private
   */

  _outputHelpIfRequested(args) {
    const helpOption = this._getHelpOption();
    const helpRequested = helpOption && args.find((arg) => helpOption.is(arg));
    if (helpRequested) {
      this.outputHelp();
      // (Do not have all displayed text available so only passing placeholder.)
      this._exit(0, 'commander.helpDisplayed', '(outputHelp)');
    }
  }
}

/**
 * Scan arguments and increment port number for inspect calls (to avoid conflicts when spawning new command).
 *
 * @param {string[]} args - array of arguments from node.execArgv
 * @returns {string[]}
 * @private
 */

function incrementNodeInspectorPort(args) {
  // Testing for these options:
  //  --inspect[=[host:]port]
  //  --inspect-brk[=[host:]port]
  //  --inspect-port=[host:]port
  return args.map((arg) => {
    if (!arg.startsWith('--inspect')) {
      return arg;
    }
    let debugOption;
    let debugHost = '127.0.0.1';
    let debugPort = '9229';
    let match;
    if ((match = arg.match(/^(--inspect(-brk)?)$/)) !== null) {
      // e.g. --inspect
      debugOption = match[1];
    } else if (
      (match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+)$/)) !== null
    ) {
      debugOption = match[1];
      if (/^\d+$/.test(match[3])) {
        // e.g. --inspect=1234
        debugPort = match[3];
      } else {
        // e.g. --inspect=localhost
        debugHost = match[3];
      }
    } else if (
      (match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+):(\d+)$/)) !== null
    ) {
      // e.g. --inspect=localhost:1234
      debugOption = match[1];
      debugHost = match[3];
      debugPort = match[4];
    }

    if (debugOption && debugPort !== '0') {
      return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
    }
    return arg;
  });
}

/**
 * @returns {boolean | undefined}
 * @package
 */
function useColor() {
  // Test for common conventions.
  // NB: the observed behaviour is in combination with how author adds color! For example:
  //   - we do not test NODE_DISABLE_COLORS, but util:styletext does
  //   - we do test NO_COLOR, but Chalk does not
  //
  // References:
  // https://no-color.org
  // https://bixense.com/clicolors/
  // https://github.com/nodejs/node/blob/0a00217a5f67ef4a22384cfc80eb6dd9a917fdc1/lib/internal/tty.js#L109
  // https://github.com/chalk/supports-color/blob/c214314a14bcb174b12b3014b2b0a8de375029ae/index.js#L33
  // (https://force-color.org recent web page from 2023, does not match major javascript implementations)

  if (
    process.env.NO_COLOR ||
    process.env.FORCE_COLOR === '0' ||
    process.env.FORCE_COLOR === 'false'
  )
    return false;
  if (process.env.FORCE_COLOR || process.env.CLICOLOR_FORCE !== undefined)
    return true;
  return undefined;
}

exports.Command = Command;
exports.useColor = useColor; // exporting for tests


/***/ }),

/***/ 1135:
/***/ ((__unused_webpack_module, exports) => {

/**
 * CommanderError class
 */
class CommanderError extends Error {
  /**
   * Constructs the CommanderError class
   * @param {number} exitCode suggested exit code which could be used with process.exit
   * @param {string} code an id string representing the error
   * @param {string} message human-readable description of the error
   */
  constructor(exitCode, code, message) {
    super(message);
    // properly capture stack trace in Node.js
    Error.captureStackTrace(this, this.constructor);
    this.name = this.constructor.name;
    this.code = code;
    this.exitCode = exitCode;
    this.nestedError = undefined;
  }
}

/**
 * InvalidArgumentError class
 */
class InvalidArgumentError extends CommanderError {
  /**
   * Constructs the InvalidArgumentError class
   * @param {string} [message] explanation of why argument is invalid
   */
  constructor(message) {
    super(1, 'commander.invalidArgument', message);
    // properly capture stack trace in Node.js
    Error.captureStackTrace(this, this.constructor);
    this.name = this.constructor.name;
  }
}

exports.CommanderError = CommanderError;
exports.InvalidArgumentError = InvalidArgumentError;


/***/ }),

/***/ 9754:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

const { humanReadableArgName } = __nccwpck_require__(9154);

/**
 * TypeScript import types for JSDoc, used by Visual Studio Code IntelliSense and `npm run typescript-checkJS`
 * https://www.typescriptlang.org/docs/handbook/jsdoc-supported-types.html#import-types
 * @typedef { import("./argument.js").Argument } Argument
 * @typedef { import("./command.js").Command } Command
 * @typedef { import("./option.js").Option } Option
 */

// Although this is a class, methods are static in style to allow override using subclass or just functions.
class Help {
  constructor() {
    this.helpWidth = undefined;
    this.minWidthToWrap = 40;
    this.sortSubcommands = false;
    this.sortOptions = false;
    this.showGlobalOptions = false;
  }

  /**
   * prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
   * and just before calling `formatHelp()`.
   *
   * Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
   *
   * @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
   */
  prepareContext(contextOptions) {
    this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
  }

  /**
   * Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
   *
   * @param {Command} cmd
   * @returns {Command[]}
   */

  visibleCommands(cmd) {
    const visibleCommands = cmd.commands.filter((cmd) => !cmd._hidden);
    const helpCommand = cmd._getHelpCommand();
    if (helpCommand && !helpCommand._hidden) {
      visibleCommands.push(helpCommand);
    }
    if (this.sortSubcommands) {
      visibleCommands.sort((a, b) => {
        // @ts-ignore: because overloaded return type
        return a.name().localeCompare(b.name());
      });
    }
    return visibleCommands;
  }

  /**
   * Compare options for sort.
   *
   * @param {Option} a
   * @param {Option} b
   * @returns {number}
   */
  compareOptions(a, b) {
    const getSortKey = (option) => {
      // WYSIWYG for order displayed in help. Short used for comparison if present. No special handling for negated.
      return option.short
        ? option.short.replace(/^-/, '')
        : option.long.replace(/^--/, '');
    };
    return getSortKey(a).localeCompare(getSortKey(b));
  }

  /**
   * Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
   *
   * @param {Command} cmd
   * @returns {Option[]}
   */

  visibleOptions(cmd) {
    const visibleOptions = cmd.options.filter((option) => !option.hidden);
    // Built-in help option.
    const helpOption = cmd._getHelpOption();
    if (helpOption && !helpOption.hidden) {
      // Automatically hide conflicting flags. Bit dubious but a historical behaviour that is convenient for single-command programs.
      const removeShort = helpOption.short && cmd._findOption(helpOption.short);
      const removeLong = helpOption.long && cmd._findOption(helpOption.long);
      if (!removeShort && !removeLong) {
        visibleOptions.push(helpOption); // no changes needed
      } else if (helpOption.long && !removeLong) {
        visibleOptions.push(
          cmd.createOption(helpOption.long, helpOption.description),
        );
      } else if (helpOption.short && !removeShort) {
        visibleOptions.push(
          cmd.createOption(helpOption.short, helpOption.description),
        );
      }
    }
    if (this.sortOptions) {
      visibleOptions.sort(this.compareOptions);
    }
    return visibleOptions;
  }

  /**
   * Get an array of the visible global options. (Not including help.)
   *
   * @param {Command} cmd
   * @returns {Option[]}
   */

  visibleGlobalOptions(cmd) {
    if (!this.showGlobalOptions) return [];

    const globalOptions = [];
    for (
      let ancestorCmd = cmd.parent;
      ancestorCmd;
      ancestorCmd = ancestorCmd.parent
    ) {
      const visibleOptions = ancestorCmd.options.filter(
        (option) => !option.hidden,
      );
      globalOptions.push(...visibleOptions);
    }
    if (this.sortOptions) {
      globalOptions.sort(this.compareOptions);
    }
    return globalOptions;
  }

  /**
   * Get an array of the arguments if any have a description.
   *
   * @param {Command} cmd
   * @returns {Argument[]}
   */

  visibleArguments(cmd) {
    // Side effect! Apply the legacy descriptions before the arguments are displayed.
    if (cmd._argsDescription) {
      cmd.registeredArguments.forEach((argument) => {
        argument.description =
          argument.description || cmd._argsDescription[argument.name()] || '';
      });
    }

    // If there are any arguments with a description then return all the arguments.
    if (cmd.registeredArguments.find((argument) => argument.description)) {
      return cmd.registeredArguments;
    }
    return [];
  }

  /**
   * Get the command term to show in the list of subcommands.
   *
   * @param {Command} cmd
   * @returns {string}
   */

  subcommandTerm(cmd) {
    // Legacy. Ignores custom usage string, and nested commands.
    const args = cmd.registeredArguments
      .map((arg) => humanReadableArgName(arg))
      .join(' ');
    return (
      cmd._name +
      (cmd._aliases[0] ? '|' + cmd._aliases[0] : '') +
      (cmd.options.length ? ' [options]' : '') + // simplistic check for non-help option
      (args ? ' ' + args : '')
    );
  }

  /**
   * Get the option term to show in the list of options.
   *
   * @param {Option} option
   * @returns {string}
   */

  optionTerm(option) {
    return option.flags;
  }

  /**
   * Get the argument term to show in the list of arguments.
   *
   * @param {Argument} argument
   * @returns {string}
   */

  argumentTerm(argument) {
    return argument.name();
  }

  /**
   * Get the longest command term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */

  longestSubcommandTermLength(cmd, helper) {
    return helper.visibleCommands(cmd).reduce((max, command) => {
      return Math.max(
        max,
        this.displayWidth(
          helper.styleSubcommandTerm(helper.subcommandTerm(command)),
        ),
      );
    }, 0);
  }

  /**
   * Get the longest option term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */

  longestOptionTermLength(cmd, helper) {
    return helper.visibleOptions(cmd).reduce((max, option) => {
      return Math.max(
        max,
        this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))),
      );
    }, 0);
  }

  /**
   * Get the longest global option term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */

  longestGlobalOptionTermLength(cmd, helper) {
    return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
      return Math.max(
        max,
        this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))),
      );
    }, 0);
  }

  /**
   * Get the longest argument term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */

  longestArgumentTermLength(cmd, helper) {
    return helper.visibleArguments(cmd).reduce((max, argument) => {
      return Math.max(
        max,
        this.displayWidth(
          helper.styleArgumentTerm(helper.argumentTerm(argument)),
        ),
      );
    }, 0);
  }

  /**
   * Get the command usage to be displayed at the top of the built-in help.
   *
   * @param {Command} cmd
   * @returns {string}
   */

  commandUsage(cmd) {
    // Usage
    let cmdName = cmd._name;
    if (cmd._aliases[0]) {
      cmdName = cmdName + '|' + cmd._aliases[0];
    }
    let ancestorCmdNames = '';
    for (
      let ancestorCmd = cmd.parent;
      ancestorCmd;
      ancestorCmd = ancestorCmd.parent
    ) {
      ancestorCmdNames = ancestorCmd.name() + ' ' + ancestorCmdNames;
    }
    return ancestorCmdNames + cmdName + ' ' + cmd.usage();
  }

  /**
   * Get the description for the command.
   *
   * @param {Command} cmd
   * @returns {string}
   */

  commandDescription(cmd) {
    // @ts-ignore: because overloaded return type
    return cmd.description();
  }

  /**
   * Get the subcommand summary to show in the list of subcommands.
   * (Fallback to description for backwards compatibility.)
   *
   * @param {Command} cmd
   * @returns {string}
   */

  subcommandDescription(cmd) {
    // @ts-ignore: because overloaded return type
    return cmd.summary() || cmd.description();
  }

  /**
   * Get the option description to show in the list of options.
   *
   * @param {Option} option
   * @return {string}
   */

  optionDescription(option) {
    const extraInfo = [];

    if (option.argChoices) {
      extraInfo.push(
        // use stringify to match the display of the default value
        `choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(', ')}`,
      );
    }
    if (option.defaultValue !== undefined) {
      // default for boolean and negated more for programmer than end user,
      // but show true/false for boolean option as may be for hand-rolled env or config processing.
      const showDefault =
        option.required ||
        option.optional ||
        (option.isBoolean() && typeof option.defaultValue === 'boolean');
      if (showDefault) {
        extraInfo.push(
          `default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`,
        );
      }
    }
    // preset for boolean and negated are more for programmer than end user
    if (option.presetArg !== undefined && option.optional) {
      extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
    }
    if (option.envVar !== undefined) {
      extraInfo.push(`env: ${option.envVar}`);
    }
    if (extraInfo.length > 0) {
      const extraDescription = `(${extraInfo.join(', ')})`;
      if (option.description) {
        return `${option.description} ${extraDescription}`;
      }
      return extraDescription;
    }

    return option.description;
  }

  /**
   * Get the argument description to show in the list of arguments.
   *
   * @param {Argument} argument
   * @return {string}
   */

  argumentDescription(argument) {
    const extraInfo = [];
    if (argument.argChoices) {
      extraInfo.push(
        // use stringify to match the display of the default value
        `choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(', ')}`,
      );
    }
    if (argument.defaultValue !== undefined) {
      extraInfo.push(
        `default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`,
      );
    }
    if (extraInfo.length > 0) {
      const extraDescription = `(${extraInfo.join(', ')})`;
      if (argument.description) {
        return `${argument.description} ${extraDescription}`;
      }
      return extraDescription;
    }
    return argument.description;
  }

  /**
   * Format a list of items, given a heading and an array of formatted items.
   *
   * @param {string} heading
   * @param {string[]} items
   * @param {Help} helper
   * @returns string[]
   */
  formatItemList(heading, items, helper) {
    if (items.length === 0) return [];

    return [helper.styleTitle(heading), ...items, ''];
  }

  /**
   * Group items by their help group heading.
   *
   * @param {Command[] | Option[]} unsortedItems
   * @param {Command[] | Option[]} visibleItems
   * @param {Function} getGroup
   * @returns {Map<string, Command[] | Option[]>}
   */
  groupItems(unsortedItems, visibleItems, getGroup) {
    const result = new Map();
    // Add groups in order of appearance in unsortedItems.
    unsortedItems.forEach((item) => {
      const group = getGroup(item);
      if (!result.has(group)) result.set(group, []);
    });
    // Add items in order of appearance in visibleItems.
    visibleItems.forEach((item) => {
      const group = getGroup(item);
      if (!result.has(group)) {
        result.set(group, []);
      }
      result.get(group).push(item);
    });
    return result;
  }

  /**
   * Generate the built-in help text.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {string}
   */

  formatHelp(cmd, helper) {
    const termWidth = helper.padWidth(cmd, helper);
    const helpWidth = helper.helpWidth ?? 80; // in case prepareContext() was not called

    function callFormatItem(term, description) {
      return helper.formatItem(term, termWidth, description, helper);
    }

    // Usage
    let output = [
      `${helper.styleTitle('Usage:')} ${helper.styleUsage(helper.commandUsage(cmd))}`,
      '',
    ];

    // Description
    const commandDescription = helper.commandDescription(cmd);
    if (commandDescription.length > 0) {
      output = output.concat([
        helper.boxWrap(
          helper.styleCommandDescription(commandDescription),
          helpWidth,
        ),
        '',
      ]);
    }

    // Arguments
    const argumentList = helper.visibleArguments(cmd).map((argument) => {
      return callFormatItem(
        helper.styleArgumentTerm(helper.argumentTerm(argument)),
        helper.styleArgumentDescription(helper.argumentDescription(argument)),
      );
    });
    output = output.concat(
      this.formatItemList('Arguments:', argumentList, helper),
    );

    // Options
    const optionGroups = this.groupItems(
      cmd.options,
      helper.visibleOptions(cmd),
      (option) => option.helpGroupHeading ?? 'Options:',
    );
    optionGroups.forEach((options, group) => {
      const optionList = options.map((option) => {
        return callFormatItem(
          helper.styleOptionTerm(helper.optionTerm(option)),
          helper.styleOptionDescription(helper.optionDescription(option)),
        );
      });
      output = output.concat(this.formatItemList(group, optionList, helper));
    });

    if (helper.showGlobalOptions) {
      const globalOptionList = helper
        .visibleGlobalOptions(cmd)
        .map((option) => {
          return callFormatItem(
            helper.styleOptionTerm(helper.optionTerm(option)),
            helper.styleOptionDescription(helper.optionDescription(option)),
          );
        });
      output = output.concat(
        this.formatItemList('Global Options:', globalOptionList, helper),
      );
    }

    // Commands
    const commandGroups = this.groupItems(
      cmd.commands,
      helper.visibleCommands(cmd),
      (sub) => sub.helpGroup() || 'Commands:',
    );
    commandGroups.forEach((commands, group) => {
      const commandList = commands.map((sub) => {
        return callFormatItem(
          helper.styleSubcommandTerm(helper.subcommandTerm(sub)),
          helper.styleSubcommandDescription(helper.subcommandDescription(sub)),
        );
      });
      output = output.concat(this.formatItemList(group, commandList, helper));
    });

    return output.join('\n');
  }

  /**
   * Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
   *
   * @param {string} str
   * @returns {number}
   */
  displayWidth(str) {
    return stripColor(str).length;
  }

  /**
   * Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
   *
   * @param {string} str
   * @returns {string}
   */
  styleTitle(str) {
    return str;
  }

  styleUsage(str) {
    // Usage has lots of parts the user might like to color separately! Assume default usage string which is formed like:
    //    command subcommand [options] [command] <foo> [bar]
    return str
      .split(' ')
      .map((word) => {
        if (word === '[options]') return this.styleOptionText(word);
        if (word === '[command]') return this.styleSubcommandText(word);
        if (word[0] === '[' || word[0] === '<')
          return this.styleArgumentText(word);
        return this.styleCommandText(word); // Restrict to initial words?
      })
      .join(' ');
  }
  styleCommandDescription(str) {
    return this.styleDescriptionText(str);
  }
  styleOptionDescription(str) {
    return this.styleDescriptionText(str);
  }
  styleSubcommandDescription(str) {
    return this.styleDescriptionText(str);
  }
  styleArgumentDescription(str) {
    return this.styleDescriptionText(str);
  }
  styleDescriptionText(str) {
    return str;
  }
  styleOptionTerm(str) {
    return this.styleOptionText(str);
  }
  styleSubcommandTerm(str) {
    // This is very like usage with lots of parts! Assume default string which is formed like:
    //    subcommand [options] <foo> [bar]
    return str
      .split(' ')
      .map((word) => {
        if (word === '[options]') return this.styleOptionText(word);
        if (word[0] === '[' || word[0] === '<')
          return this.styleArgumentText(word);
        return this.styleSubcommandText(word); // Restrict to initial words?
      })
      .join(' ');
  }
  styleArgumentTerm(str) {
    return this.styleArgumentText(str);
  }
  styleOptionText(str) {
    return str;
  }
  styleArgumentText(str) {
    return str;
  }
  styleSubcommandText(str) {
    return str;
  }
  styleCommandText(str) {
    return str;
  }

  /**
   * Calculate the pad width from the maximum term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */

  padWidth(cmd, helper) {
    return Math.max(
      helper.longestOptionTermLength(cmd, helper),
      helper.longestGlobalOptionTermLength(cmd, helper),
      helper.longestSubcommandTermLength(cmd, helper),
      helper.longestArgumentTermLength(cmd, helper),
    );
  }

  /**
   * Detect manually wrapped and indented strings by checking for line break followed by whitespace.
   *
   * @param {string} str
   * @returns {boolean}
   */
  preformatted(str) {
    return /\n[^\S\r\n]/.test(str);
  }

  /**
   * Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
   *
   * So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
   *   TTT  DDD DDDD
   *        DD DDD
   *
   * @param {string} term
   * @param {number} termWidth
   * @param {string} description
   * @param {Help} helper
   * @returns {string}
   */
  formatItem(term, termWidth, description, helper) {
    const itemIndent = 2;
    const itemIndentStr = ' '.repeat(itemIndent);
    if (!description) return itemIndentStr + term;

    // Pad the term out to a consistent width, so descriptions are aligned.
    const paddedTerm = term.padEnd(
      termWidth + term.length - helper.displayWidth(term),
    );

    // Format the description.
    const spacerWidth = 2; // between term and description
    const helpWidth = this.helpWidth ?? 80; // in case prepareContext() was not called
    const remainingWidth = helpWidth - termWidth - spacerWidth - itemIndent;
    let formattedDescription;
    if (
      remainingWidth < this.minWidthToWrap ||
      helper.preformatted(description)
    ) {
      formattedDescription = description;
    } else {
      const wrappedDescription = helper.boxWrap(description, remainingWidth);
      formattedDescription = wrappedDescription.replace(
        /\n/g,
        '\n' + ' '.repeat(termWidth + spacerWidth),
      );
    }

    // Construct and overall indent.
    return (
      itemIndentStr +
      paddedTerm +
      ' '.repeat(spacerWidth) +
      formattedDescription.replace(/\n/g, `\n${itemIndentStr}`)
    );
  }

  /**
   * Wrap a string at whitespace, preserving existing line breaks.
   * Wrapping is skipped if the width is less than `minWidthToWrap`.
   *
   * @param {string} str
   * @param {number} width
   * @returns {string}
   */
  boxWrap(str, width) {
    if (width < this.minWidthToWrap) return str;

    const rawLines = str.split(/\r\n|\n/);
    // split up text by whitespace
    const chunkPattern = /[\s]*[^\s]+/g;
    const wrappedLines = [];
    rawLines.forEach((line) => {
      const chunks = line.match(chunkPattern);
      if (chunks === null) {
        wrappedLines.push('');
        return;
      }

      let sumChunks = [chunks.shift()];
      let sumWidth = this.displayWidth(sumChunks[0]);
      chunks.forEach((chunk) => {
        const visibleWidth = this.displayWidth(chunk);
        // Accumulate chunks while they fit into width.
        if (sumWidth + visibleWidth <= width) {
          sumChunks.push(chunk);
          sumWidth += visibleWidth;
          return;
        }
        wrappedLines.push(sumChunks.join(''));

        const nextChunk = chunk.trimStart(); // trim space at line break
        sumChunks = [nextChunk];
        sumWidth = this.displayWidth(nextChunk);
      });
      wrappedLines.push(sumChunks.join(''));
    });

    return wrappedLines.join('\n');
  }
}

/**
 * Strip style ANSI escape sequences from the string. In particular, SGR (Select Graphic Rendition) codes.
 *
 * @param {string} str
 * @returns {string}
 * @package
 */

function stripColor(str) {
  // eslint-disable-next-line no-control-regex
  const sgrPattern = /\x1b\[\d*(;\d*)*m/g;
  return str.replace(sgrPattern, '');
}

exports.Help = Help;
exports.stripColor = stripColor;


/***/ }),

/***/ 5240:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

const { InvalidArgumentError } = __nccwpck_require__(1135);

class Option {
  /**
   * Initialize a new `Option` with the given `flags` and `description`.
   *
   * @param {string} flags
   * @param {string} [description]
   */

  constructor(flags, description) {
    this.flags = flags;
    this.description = description || '';

    this.required = flags.includes('<'); // A value must be supplied when the option is specified.
    this.optional = flags.includes('['); // A value is optional when the option is specified.
    // variadic test ignores <value,...> et al which might be used to describe custom splitting of single argument
    this.variadic = /\w\.\.\.[>\]]$/.test(flags); // The option can take multiple values.
    this.mandatory = false; // The option must have a value after parsing, which usually means it must be specified on command line.
    const optionFlags = splitOptionFlags(flags);
    this.short = optionFlags.shortFlag; // May be a short flag, undefined, or even a long flag (if option has two long flags).
    this.long = optionFlags.longFlag;
    this.negate = false;
    if (this.long) {
      this.negate = this.long.startsWith('--no-');
    }
    this.defaultValue = undefined;
    this.defaultValueDescription = undefined;
    this.presetArg = undefined;
    this.envVar = undefined;
    this.parseArg = undefined;
    this.hidden = false;
    this.argChoices = undefined;
    this.conflictsWith = [];
    this.implied = undefined;
    this.helpGroupHeading = undefined; // soft initialised when option added to command
  }

  /**
   * Set the default value, and optionally supply the description to be displayed in the help.
   *
   * @param {*} value
   * @param {string} [description]
   * @return {Option}
   */

  default(value, description) {
    this.defaultValue = value;
    this.defaultValueDescription = description;
    return this;
  }

  /**
   * Preset to use when option used without option-argument, especially optional but also boolean and negated.
   * The custom processing (parseArg) is called.
   *
   * @example
   * new Option('--color').default('GREYSCALE').preset('RGB');
   * new Option('--donate [amount]').preset('20').argParser(parseFloat);
   *
   * @param {*} arg
   * @return {Option}
   */

  preset(arg) {
    this.presetArg = arg;
    return this;
  }

  /**
   * Add option name(s) that conflict with this option.
   * An error will be displayed if conflicting options are found during parsing.
   *
   * @example
   * new Option('--rgb').conflicts('cmyk');
   * new Option('--js').conflicts(['ts', 'jsx']);
   *
   * @param {(string | string[])} names
   * @return {Option}
   */

  conflicts(names) {
    this.conflictsWith = this.conflictsWith.concat(names);
    return this;
  }

  /**
   * Specify implied option values for when this option is set and the implied options are not.
   *
   * The custom processing (parseArg) is not called on the implied values.
   *
   * @example
   * program
   *   .addOption(new Option('--log', 'write logging information to file'))
   *   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
   *
   * @param {object} impliedOptionValues
   * @return {Option}
   */
  implies(impliedOptionValues) {
    let newImplied = impliedOptionValues;
    if (typeof impliedOptionValues === 'string') {
      // string is not documented, but easy mistake and we can do what user probably intended.
      newImplied = { [impliedOptionValues]: true };
    }
    this.implied = Object.assign(this.implied || {}, newImplied);
    return this;
  }

  /**
   * Set environment variable to check for option value.
   *
   * An environment variable is only used if when processed the current option value is
   * undefined, or the source of the current value is 'default' or 'config' or 'env'.
   *
   * @param {string} name
   * @return {Option}
   */

  env(name) {
    this.envVar = name;
    return this;
  }

  /**
   * Set the custom handler for processing CLI option arguments into option values.
   *
   * @param {Function} [fn]
   * @return {Option}
   */

  argParser(fn) {
    this.parseArg = fn;
    return this;
  }

  /**
   * Whether the option is mandatory and must have a value after parsing.
   *
   * @param {boolean} [mandatory=true]
   * @return {Option}
   */

  makeOptionMandatory(mandatory = true) {
    this.mandatory = !!mandatory;
    return this;
  }

  /**
   * Hide option in help.
   *
   * @param {boolean} [hide=true]
   * @return {Option}
   */

  hideHelp(hide = true) {
    this.hidden = !!hide;
    return this;
  }

  /**
   * @package
   */

  _collectValue(value, previous) {
    if (previous === this.defaultValue || !Array.isArray(previous)) {
      return [value];
    }

    previous.push(value);
    return previous;
  }

  /**
   * Only allow option value to be one of choices.
   *
   * @param {string[]} values
   * @return {Option}
   */

  choices(values) {
    this.argChoices = values.slice();
    this.parseArg = (arg, previous) => {
      if (!this.argChoices.includes(arg)) {
        throw new InvalidArgumentError(
          `Allowed choices are ${this.argChoices.join(', ')}.`,
        );
      }
      if (this.variadic) {
        return this._collectValue(arg, previous);
      }
      return arg;
    };
    return this;
  }

  /**
   * Return option name.
   *
   * @return {string}
   */

  name() {
    if (this.long) {
      return this.long.replace(/^--/, '');
    }
    return this.short.replace(/^-/, '');
  }

  /**
   * Return option name, in a camelcase format that can be used
   * as an object attribute key.
   *
   * @return {string}
   */

  attributeName() {
    if (this.negate) {
      return camelcase(this.name().replace(/^no-/, ''));
    }
    return camelcase(this.name());
  }

  /**
   * Set the help group heading.
   *
   * @param {string} heading
   * @return {Option}
   */
  helpGroup(heading) {
    this.helpGroupHeading = heading;
    return this;
  }

  /**
   * Check if `arg` matches the short or long flag.
   *
   * @param {string} arg
   * @return {boolean}
   * @package
   */

  is(arg) {
    return this.short === arg || this.long === arg;
  }

  /**
   * Return whether a boolean option.
   *
   * Options are one of boolean, negated, required argument, or optional argument.
   *
   * @return {boolean}
   * @package
   */

  isBoolean() {
    return !this.required && !this.optional && !this.negate;
  }
}

/**
 * This class is to make it easier to work with dual options, without changing the existing
 * implementation. We support separate dual options for separate positive and negative options,
 * like `--build` and `--no-build`, which share a single option value. This works nicely for some
 * use cases, but is tricky for others where we want separate behaviours despite
 * the single shared option value.
 */
class DualOptions {
  /**
   * @param {Option[]} options
   */
  constructor(options) {
    this.positiveOptions = new Map();
    this.negativeOptions = new Map();
    this.dualOptions = new Set();
    options.forEach((option) => {
      if (option.negate) {
        this.negativeOptions.set(option.attributeName(), option);
      } else {
        this.positiveOptions.set(option.attributeName(), option);
      }
    });
    this.negativeOptions.forEach((value, key) => {
      if (this.positiveOptions.has(key)) {
        this.dualOptions.add(key);
      }
    });
  }

  /**
   * Did the value come from the option, and not from possible matching dual option?
   *
   * @param {*} value
   * @param {Option} option
   * @returns {boolean}
   */
  valueFromOption(value, option) {
    const optionKey = option.attributeName();
    if (!this.dualOptions.has(optionKey)) return true;

    // Use the value to deduce if (probably) came from the option.
    const preset = this.negativeOptions.get(optionKey).presetArg;
    const negativeValue = preset !== undefined ? preset : false;
    return option.negate === (negativeValue === value);
  }
}

/**
 * Convert string from kebab-case to camelCase.
 *
 * @param {string} str
 * @return {string}
 * @private
 */

function camelcase(str) {
  return str.split('-').reduce((str, word) => {
    return str + word[0].toUpperCase() + word.slice(1);
  });
}

/**
 * Split the short and long flag out of something like '-m,--mixed <value>'
 *
 * @private
 */

function splitOptionFlags(flags) {
  let shortFlag;
  let longFlag;
  // short flag, single dash and single character
  const shortFlagExp = /^-[^-]$/;
  // long flag, double dash and at least one character
  const longFlagExp = /^--[^-]/;

  const flagParts = flags.split(/[ |,]+/).concat('guard');
  // Normal is short and/or long.
  if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
  if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
  // Long then short. Rarely used but fine.
  if (!shortFlag && shortFlagExp.test(flagParts[0]))
    shortFlag = flagParts.shift();
  // Allow two long flags, like '--ws, --workspace'
  // This is the supported way to have a shortish option flag.
  if (!shortFlag && longFlagExp.test(flagParts[0])) {
    shortFlag = longFlag;
    longFlag = flagParts.shift();
  }

  // Check for unprocessed flag. Fail noisily rather than silently ignore.
  if (flagParts[0].startsWith('-')) {
    const unsupportedFlag = flagParts[0];
    const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
    if (/^-[^-][^-]/.test(unsupportedFlag))
      throw new Error(
        `${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`,
      );
    if (shortFlagExp.test(unsupportedFlag))
      throw new Error(`${baseError}
- too many short flags`);
    if (longFlagExp.test(unsupportedFlag))
      throw new Error(`${baseError}
- too many long flags`);

    throw new Error(`${baseError}
- unrecognised flag format`);
  }
  if (shortFlag === undefined && longFlag === undefined)
    throw new Error(
      `option creation failed due to no flags found in '${flags}'.`,
    );

  return { shortFlag, longFlag };
}

exports.Option = Option;
exports.DualOptions = DualOptions;


/***/ }),

/***/ 5030:
/***/ ((__unused_webpack_module, exports) => {

const maxDistance = 3;

function editDistance(a, b) {
  // https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance
  // Calculating optimal string alignment distance, no substring is edited more than once.
  // (Simple implementation.)

  // Quick early exit, return worst case.
  if (Math.abs(a.length - b.length) > maxDistance)
    return Math.max(a.length, b.length);

  // distance between prefix substrings of a and b
  const d = [];

  // pure deletions turn a into empty string
  for (let i = 0; i <= a.length; i++) {
    d[i] = [i];
  }
  // pure insertions turn empty string into b
  for (let j = 0; j <= b.length; j++) {
    d[0][j] = j;
  }

  // fill matrix
  for (let j = 1; j <= b.length; j++) {
    for (let i = 1; i <= a.length; i++) {
      let cost = 1;
      if (a[i - 1] === b[j - 1]) {
        cost = 0;
      } else {
        cost = 1;
      }
      d[i][j] = Math.min(
        d[i - 1][j] + 1, // deletion
        d[i][j - 1] + 1, // insertion
        d[i - 1][j - 1] + cost, // substitution
      );
      // transposition
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }

  return d[a.length][b.length];
}

/**
 * Find close matches, restricted to same number of edits.
 *
 * @param {string} word
 * @param {string[]} candidates
 * @returns {string}
 */

function suggestSimilar(word, candidates) {
  if (!candidates || candidates.length === 0) return '';
  // remove possible duplicates
  candidates = Array.from(new Set(candidates));

  const searchingOptions = word.startsWith('--');
  if (searchingOptions) {
    word = word.slice(2);
    candidates = candidates.map((candidate) => candidate.slice(2));
  }

  let similar = [];
  let bestDistance = maxDistance;
  const minSimilarity = 0.4;
  candidates.forEach((candidate) => {
    if (candidate.length <= 1) return; // no one character guesses

    const distance = editDistance(word, candidate);
    const length = Math.max(word.length, candidate.length);
    const similarity = (length - distance) / length;
    if (similarity > minSimilarity) {
      if (distance < bestDistance) {
        // better edit distance, throw away previous worse matches
        bestDistance = distance;
        similar = [candidate];
      } else if (distance === bestDistance) {
        similar.push(candidate);
      }
    }
  });

  similar.sort((a, b) => a.localeCompare(b));
  if (searchingOptions) {
    similar = similar.map((candidate) => `--${candidate}`);
  }

  if (similar.length > 1) {
    return `\n(Did you mean one of ${similar.join(', ')}?)`;
  }
  if (similar.length === 1) {
    return `\n(Did you mean ${similar[0]}?)`;
  }
  return '';
}

exports.suggestSimilar = suggestSimilar;


/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/******/ // expose the modules object (__webpack_modules__)
/******/ __nccwpck_require__.m = __webpack_modules__;
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/ensure chunk */
/******/ (() => {
/******/ 	__nccwpck_require__.f = {};
/******/ 	// This file contains only the entry chunk.
/******/ 	// The chunk loading function for additional chunks
/******/ 	__nccwpck_require__.e = (chunkId) => {
/******/ 		return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 			__nccwpck_require__.f[key](chunkId, promises);
/******/ 			return promises;
/******/ 		}, []));
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/get javascript chunk filename */
/******/ (() => {
/******/ 	// This function allow to reference async chunks
/******/ 	__nccwpck_require__.u = (chunkId) => {
/******/ 		// return url for filenames based on template
/******/ 		return "" + chunkId + ".index.js";
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/import chunk loading */
/******/ (() => {
/******/ 	// no baseURI
/******/ 	
/******/ 	// object to store loaded and loading chunks
/******/ 	// undefined = chunk not loaded, null = chunk preloaded/prefetched
/******/ 	// [resolve, Promise] = chunk loading, 0 = chunk loaded
/******/ 	var installedChunks = {
/******/ 		792: 0
/******/ 	};
/******/ 	
/******/ 	var installChunk = (data) => {
/******/ 		var {ids, modules, runtime} = data;
/******/ 		// add "modules" to the modules object,
/******/ 		// then flag all "ids" as loaded and fire callback
/******/ 		var moduleId, chunkId, i = 0;
/******/ 		for(moduleId in modules) {
/******/ 			if(__nccwpck_require__.o(modules, moduleId)) {
/******/ 				__nccwpck_require__.m[moduleId] = modules[moduleId];
/******/ 			}
/******/ 		}
/******/ 		if(runtime) runtime(__nccwpck_require__);
/******/ 		for(;i < ids.length; i++) {
/******/ 			chunkId = ids[i];
/******/ 			if(__nccwpck_require__.o(installedChunks, chunkId) && installedChunks[chunkId]) {
/******/ 				installedChunks[chunkId][0]();
/******/ 			}
/******/ 			installedChunks[ids[i]] = 0;
/******/ 		}
/******/ 	
/******/ 	}
/******/ 	
/******/ 	__nccwpck_require__.f.j = (chunkId, promises) => {
/******/ 			// import() chunk loading for javascript
/******/ 			var installedChunkData = __nccwpck_require__.o(installedChunks, chunkId) ? installedChunks[chunkId] : undefined;
/******/ 			if(installedChunkData !== 0) { // 0 means "already installed".
/******/ 	
/******/ 				// a Promise means "currently loading".
/******/ 				if(installedChunkData) {
/******/ 					promises.push(installedChunkData[1]);
/******/ 				} else {
/******/ 					if(true) { // all chunks have JS
/******/ 						// setup Promise in chunk cache
/******/ 						var promise = import("./" + __nccwpck_require__.u(chunkId)).then(installChunk, (e) => {
/******/ 							if(installedChunks[chunkId] !== 0) installedChunks[chunkId] = undefined;
/******/ 							throw e;
/******/ 						});
/******/ 						var promise = Promise.race([promise, new Promise((resolve) => (installedChunkData = installedChunks[chunkId] = [resolve]))])
/******/ 						promises.push(installedChunkData[1] = promise);
/******/ 					}
/******/ 				}
/******/ 			}
/******/ 	};
/******/ 	
/******/ 	// no prefetching
/******/ 	
/******/ 	// no preloaded
/******/ 	
/******/ 	// no external install chunk
/******/ 	
/******/ 	// no on chunks loaded
/******/ })();
/******/ 
/************************************************************************/
var __webpack_exports__ = {};

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(3024);
;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(6760);
;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");
;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
;// CONCATENATED MODULE: ./build/core/errors.js
/**
 * Every way in which a push can end badly, with the exit status of the command line.
 * The numbers are part of the contract: scripts branch on them.
 */
const errorClasses = {
    input: 2,
    unsafe: 3,
    key: 10,
    'host-key': 11,
    auth: 12,
    connect: 13,
    timeout: 14,
    transfer: 15,
    space: 16,
    'remote-setup': 17,
    deploy: 18,
    'unknown-state': 20,
    bug: 70,
    cancelled: 130,
};
/** A failure with a name. Anything else that is thrown counts as a bug of ours. */
class PushError extends Error {
    errorClass;
    cause;
    evidence;
    next;
    /** Whether the same attempt may succeed a moment later and has changed nothing that a repetition would harm. */
    retry;
    constructor(errorClass, cause, next, more = {}) {
        super(cause);
        this.name = 'PushError';
        this.errorClass = errorClass;
        this.cause = cause;
        this.next = next;
        this.evidence = more.evidence ?? '';
        this.retry = more.retry ?? false;
    }
}
/** What the system says when this machine lacks something, and our code is not at fault. */
const lacks = new Set(['EACCES', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EPERM', 'EROFS']);
function isOfTheMachine(error) {
    if (!(error instanceof Error) || !('code' in error && 'syscall' in error))
        return false;
    // The one directory that we expect and do not make ourselves.
    return lacks.has(String(error.code)) || error.syscall === 'mkdir';
}
/** The failure that an error stands for, whatever was thrown. */
function explain(error) {
    if (isOfTheMachine(error)) {
        return explain(new PushError('input', 'This machine denies us a file or a process.', 'Look at free space, permissions and limits, first of RUNNER_TEMP.', { evidence: error.message }));
    }
    if (error instanceof PushError) {
        const { errorClass, cause, evidence, next } = error;
        return { errorClass, cause, evidence, next };
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
        errorClass: 'bug',
        cause: 'dotcloud-push ran into a bug of its own.',
        evidence: error instanceof Error ? error.message : String(error),
        next: 'Please report it with this log.',
        stack,
    };
}
/** Several mistakes told at once: one keeps its own class, a mixture counts as `input`. */
function combine(mistakes) {
    const [first, ...rest] = mistakes;
    if (first === undefined || rest.length === 0)
        return first;
    const errorClass = rest.every((mistake) => mistake.errorClass === first.errorClass) ? first.errorClass : 'input';
    const unique = (texts) => [...new Set(texts.filter((text) => text !== ''))];
    return new PushError(errorClass, unique(mistakes.map((mistake) => mistake.cause)).join(' '), unique(mistakes.map((mistake) => mistake.next)).join(' '), { evidence: unique(mistakes.map((mistake) => mistake.evidence)).join('; ') });
}

;// CONCATENATED MODULE: ./build/core/inputs.js
/** Generated from action.yml and package.json by script/generate.mjs; do not edit. */
const version = '1.0.0';
const inputs = [
    {
        name: 'app',
        description: 'Application name, which fills `{app}`. A letter or digit, then up to 127 letters, digits, `.`, `_` or `-`.',
        default: '',
        required: true,
        group: 'What to push',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'deployment',
        description: 'Deployment name, which fills `{deployment}`.',
        default: 'default',
        required: false,
        group: 'What to push',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'destination',
        description: 'Where to push: `ssh://[user@]host[:port]/path` or `[user@]host:path`, with the templates `{app}`, `{deployment}`, `{branch}` and `{sha}`. `/path` is absolute, `/~/path` and `host:path` are relative to the remote home; the user defaults to `dotcloud`, the port to 22. Required unless `plan` gives it.',
        default: '',
        required: false,
        group: 'Where to',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'ssh-key',
        description: 'Text of the private key (OpenSSH, PEM or PKCS#8), from a secret.',
        default: '',
        required: true,
        group: 'Trust',
        list: false,
        choices: [],
        configurable: false,
    },
    {
        name: 'ssh-key-passphrase',
        description: 'Passphrase of an encrypted key, from a secret.',
        default: '',
        required: false,
        group: 'Trust',
        list: false,
        choices: [],
        configurable: false,
    },
    {
        name: 'known-hosts',
        description: 'known_hosts lines that pin the destination and the bastion. Either this or `host-key-fingerprint` is required.',
        default: '',
        required: false,
        group: 'Trust',
        list: true,
        choices: [],
        configurable: false,
    },
    {
        name: 'host-key-fingerprint',
        description: "Fingerprints `SHA256:…` that pin the destination's host key, one a line, of any key type.",
        default: '',
        required: false,
        group: 'Trust',
        list: true,
        choices: [],
        configurable: false,
    },
    {
        name: 'insecure-skip-host-key-check',
        description: '`true` or `false`. `true` connects to a host whose key nobody has checked, and warns with an annotation.',
        default: 'false',
        required: false,
        group: 'Trust',
        list: false,
        choices: ['true', 'false'],
        configurable: false,
    },
    {
        name: 'proxy-jump',
        description: 'Bastion to go through, `ssh://[user@]host[:port]`, pinned by the same `known-hosts`.',
        default: '',
        required: false,
        group: 'Where to',
        list: false,
        choices: [],
        configurable: false,
    },
    {
        name: 'source',
        description: 'Directory (or, for rsync, one file) to push, inside the workspace.',
        default: '.',
        required: false,
        group: 'What to push',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'method',
        description: '`auto`, `hg`, `git` or `rsync`. `auto` takes hg for a directory with `.hg`, git for one with `.git`, and rsync for any other.',
        default: 'auto',
        required: false,
        group: 'What to push',
        list: false,
        choices: ['auto', 'hg', 'git', 'rsync'],
        configurable: true,
    },
    {
        name: 'excludes',
        description: 'rsync patterns, one a line, never sent and never deleted at the destination. `.git`, `.hg`, `.svn`, `dotcloud-push.yml` and secret-like files (`.env*`, `*.pem`, `id_*`, `.npmrc`, `.netrc`, `.ssh`, `.aws`) are always excluded as well.',
        default: '*.pyc',
        required: false,
        group: 'Mirror (rsync)',
        list: true,
        choices: [],
        configurable: true,
    },
    {
        name: 'includes',
        description: 'Built-in excludes to lift, by name, one a line (`.env`).',
        default: '',
        required: false,
        group: 'Mirror (rsync)',
        list: true,
        choices: [],
        configurable: false,
    },
    {
        name: 'protect',
        description: 'Patterns that may exist only at the destination and are never deleted, one a line (`uploads/`).',
        default: '',
        required: false,
        group: 'Mirror (rsync)',
        list: true,
        choices: [],
        configurable: true,
    },
    {
        name: 'delete',
        description: '`true` or `false`. `true` mirrors: rsync removes at the destination what the source no longer has.',
        default: 'true',
        required: false,
        group: 'Mirror (rsync)',
        list: false,
        choices: ['true', 'false'],
        configurable: true,
    },
    {
        name: 'max-delete',
        description: 'A number of files, or a percentage of what the destination holds. A mirror that would delete more stops before anything changes.',
        default: '50%',
        required: false,
        group: 'Mirror (rsync)',
        list: false,
        choices: [],
        configurable: false,
    },
    {
        name: 'adopt',
        description: '`true` or `false`. `true` allows the first mirror into a directory holding files that dotcloud-push did not put there.',
        default: 'false',
        required: false,
        group: 'Mirror (rsync)',
        list: false,
        choices: ['true', 'false'],
        configurable: false,
    },
    {
        name: 'target-branch',
        description: 'Branch at the destination (git), with the same templates as `destination`.',
        default: '{branch}',
        required: false,
        group: 'Where to',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'force',
        description: '`true` or `false`. `true` allows a push that is not a fast-forward, with a lease on what was there (git).',
        default: 'false',
        required: false,
        group: 'History (git)',
        list: false,
        choices: ['true', 'false'],
        configurable: false,
    },
    {
        name: 'shallow',
        description: 'What to do with a shallow checkout (git): `auto` completes the history from its origin and otherwise stops with the fix, `snapshot` pushes one commit of the tree on top of what the destination has, `fail` stops.',
        default: 'auto',
        required: false,
        group: 'History (git)',
        list: false,
        choices: ['auto', 'snapshot', 'fail'],
        configurable: true,
    },
    {
        name: 'deploy-command',
        description: 'Remote command to run after the upload, with the same templates as `destination`, each value quoted. Empty runs none.',
        default: '',
        required: false,
        group: 'Where to',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'branches',
        description: "GitHub filter patterns, one a line; `!` negates and the last match wins. Any other branch, a tag or a pull request's merge ref gives `result=skipped` and a green step. Empty pushes every ref.",
        default: '',
        required: false,
        group: 'What to push',
        list: true,
        choices: [],
        configurable: true,
    },
    {
        name: 'plan',
        description: 'A dotCloud plan in JSON, inline or as a path inside the workspace. It can only ask for less than the inputs allow.',
        default: '',
        required: false,
        group: 'What to push',
        list: false,
        choices: [],
        configurable: false,
    },
    {
        name: 'dry-run',
        description: '`true` or `false`. `true` connects and compares, changes nothing, and gives `result=planned`.',
        default: 'false',
        required: false,
        group: 'This run',
        list: false,
        choices: ['true', 'false'],
        configurable: false,
    },
    {
        name: 'doctor',
        description: '`true` or `false`. `true` checks the destination step by step, pushes nothing and runs nothing there but read-only questions; `result` is `planned`, or `failed` with the first fault.',
        default: 'false',
        required: false,
        group: 'This run',
        list: false,
        choices: ['true', 'false'],
        configurable: false,
    },
    {
        name: 'verify',
        description: '`auto` or `full` (rsync). `auto` trusts what the server remembers of the last push when nothing there has changed since; `full` compares the content of every file.',
        default: 'auto',
        required: false,
        group: 'Mirror (rsync)',
        list: false,
        choices: ['auto', 'full'],
        configurable: true,
    },
    {
        name: 'insecure-allow-untrusted-event',
        description: "`true` or `false`. Push even on `pull_request_target`, on `workflow_run` of a fork and on a comment at a pull request, where the code may be anybody's.",
        default: 'false',
        required: false,
        group: 'Trust',
        list: false,
        choices: ['true', 'false'],
        configurable: false,
    },
    {
        name: 'connect-timeout',
        description: 'Seconds to wait for a connection.',
        default: '15',
        required: false,
        group: 'Time',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'idle-timeout',
        description: 'Seconds to wait for the next byte from the remote side.',
        default: '120',
        required: false,
        group: 'Time',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'timeout',
        description: 'Minutes for the whole step.',
        default: '30',
        required: false,
        group: 'Time',
        list: false,
        choices: [],
        configurable: true,
    },
    {
        name: 'retries',
        description: 'Attempts at connecting and at an idempotent transfer. A deploy command is never run twice.',
        default: '3',
        required: false,
        group: 'Time',
        list: false,
        choices: [],
        configurable: true,
    },
];
const outputs = [
    { name: 'result', description: '`deployed`, `unchanged`, `skipped`, `planned` or `failed`.' },
    {
        name: 'failed-stage',
        description: 'Stage that failed: `settings`, `connect`, `push` or `deploy`. Empty on success.',
    },
    {
        name: 'error-class',
        description: 'Class of the failure: `input`, `unsafe`, `key`, `host-key`, `auth`, `connect`, `timeout`, `transfer`, `space`, `remote-setup`, `deploy`, `unknown-state`, `cancelled` or `bug`. Empty on success.',
    },
    {
        name: 'uploaded',
        description: '`true` once the destination has the new content, also when the deploy command fails afterwards.',
    },
    { name: 'method', description: 'Method that was used: `hg`, `git` or `rsync`.' },
    { name: 'destination', description: 'Destination with its templates filled in.' },
    { name: 'revision', description: 'Commit or changeset that was pushed.' },
    { name: 'previous-revision', description: 'Commit or changeset that the destination had before.' },
    { name: 'changed-files', description: 'Number of files created or changed at the destination.' },
    { name: 'deleted-files', description: 'Number of files deleted at the destination.' },
    { name: 'bytes-sent', description: 'Bytes sent by the transfer.' },
    {
        name: 'deploy-exit-code',
        description: 'Exit code of the deploy command. Empty when none ran or its code is unknown.',
    },
    { name: 'host-key-fingerprint', description: '`SHA256:…` fingerprint of the host key that the destination offered.' },
    { name: 'seconds', description: 'Duration of the push.' },
    { name: 'plan', description: "Plan that ran, in dotCloud's JSON." },
    {
        name: 'report',
        description: 'Path of a JSON report with all of these, the timings of each stage and the file lists.',
    },
];

;// CONCATENATED MODULE: ./build/core/branches.js

/**
 * GitHub's filter patterns for branches: `*` stops at a slash, `**` does not, `?` and `+` repeat the character before,
 * `[]` lists characters, a leading `!` takes a match back, and the last pattern that matches decides.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
function branchMatches(patterns, branch) {
    let matched = false;
    for (const pattern of patterns) {
        const negated = pattern.startsWith('!');
        if (matches(parsePattern(negated ? pattern.slice(1) : pattern), branch))
            matched = !negated;
    }
    return matched;
}
/** @throws PushError `input` for a pattern that cannot be read, or a list that can match nothing */
function checkPatterns(patterns) {
    for (const pattern of patterns)
        parsePattern(pattern.replace(/^!/, ''));
    if (patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('!'))) {
        throw new PushError('input', 'Input branches has only "!" patterns, so no branch can match.', 'Put a pattern such as ** before them.');
    }
}
const any = { takes: () => true, again: true, ahead: [1] };
const slash = { takes: (character) => character === '/', again: false, ahead: [] };
const wildcards = {
    '**/': [{ takes: () => false, again: false, ahead: [1, 3] }, any, slash],
    '**': [any],
    '*': [{ takes: (character) => character !== '/', again: true, ahead: [1] }],
};
const token = /\*\*\/|\*\*|\*|\[[^\]]*\]|\\.|[\s\S]/gu;
/** No branch has a longer name. */
const branches_longest = 1024;
function parsePattern(pattern) {
    if (pattern.length > branches_longest) {
        throw new PushError('input', `Input branches has a pattern of ${pattern.length} characters.`, `A pattern has at most ${branches_longest}.`);
    }
    const places = [];
    // Only a character, or a list of them, can be repeated; elsewhere ? and + stand for themselves.
    let repeatable;
    for (const [part] of pattern.matchAll(token)) {
        const wildcard = wildcards[part];
        if (wildcard !== undefined)
            places.push(...wildcard);
        else if (repeatable !== undefined && part === '?')
            places.splice(-1, 1, { ...repeatable, ahead: [1] });
        else if (repeatable !== undefined && part === '+')
            places.splice(-1, 1, { ...repeatable, again: true });
        else {
            repeatable = { takes: characters(pattern, part), again: false, ahead: [] };
            places.push(repeatable);
            continue;
        }
        repeatable = undefined;
    }
    return places;
}
/** All ways through the pattern at once, so that none takes longer than the branch is long times the pattern. */
function matches(places, branch) {
    const open = (starts) => {
        const reached = new Set(starts);
        for (const at of reached)
            for (const step of places[at]?.ahead ?? [])
                reached.add(at + step);
        return reached;
    };
    let reached = open([0]);
    for (const character of branch) {
        const taking = [...reached].filter((at) => places[at]?.takes(character));
        reached = open(taking.flatMap((at) => (places[at]?.again ? [at, at + 1] : [at + 1])));
    }
    return reached.has(places.length);
}
function characters(pattern, part) {
    if (part.length > 1 && part.startsWith('[')) {
        const list = new RegExp(`^${characterClass(pattern, part)}$`);
        return (character) => list.test(character);
    }
    const wanted = part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
    return (character) => character === wanted;
}
function characterClass(pattern, part) {
    const ranges = [...part.matchAll(/([A-Za-z0-9])-([A-Za-z0-9])/g)];
    const listed = /^\[(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_.])+\]$/.test(part);
    if (!listed || ranges.some(([, from = '', to = '']) => from > to)) {
        throw new PushError('input', `Input branches has the pattern "${pattern}", whose ${part} is not a list of characters.`, 'Write single characters and ranges such as [a-z0-9].');
    }
    return part;
}
/** Whether this event's ref may deploy, and if not, why: only branches ever match a branch filter. */
function gate(patterns, ref) {
    if (patterns.length === 0)
        return { open: true, reason: 'no branch filter is set' };
    if (ref === undefined || ref === '')
        return { open: false, reason: 'no branch is checked out' };
    const branch = /^refs\/heads\/(.+)$/s.exec(ref)?.[1];
    if (branch === undefined)
        return { open: false, reason: `${ref} is not a branch` };
    const open = branchMatches(patterns, branch);
    return { open, reason: `branch ${branch} ${open ? 'matches' : 'does not match'} ${patterns.join(', ')}` };
}

;// CONCATENATED MODULE: ./build/core/template.js

const whyUnknown = {
    app: 'Set app.',
    deployment: 'Set deployment.',
    branch: 'No branch is checked out (a tag, or a detached HEAD): write the branch out instead of {branch}.',
    sha: 'The workspace is no repository and the CI names no commit: leave {sha} out.',
};
/**
 * The template with its values in place, each passed through `encode` (a shell's quoting, for instance).
 * Other braces stay as they are: a shell has uses for them.
 * @throws PushError `input` when a value that is asked for is not known in this run
 */
function template_fill(input, template, values, encode = (value) => value) {
    return template.replaceAll(/\{(app|deployment|branch|sha)\}/g, (whole, name) => {
        const value = values[name];
        if (value === undefined) {
            throw new PushError('input', `Input ${input} asks for ${whole}, which is not known here.`, whyUnknown[name]);
        }
        return encode(value);
    });
}

;// CONCATENATED MODULE: ./build/core/destination.js


const defaultUser = 'dotcloud';
const defaultPort = 22;
const accepted = 'Write ssh://[user@]host[:port]/path, or [user@]host:path for a path in the remote home; {app}, {deployment}, {branch} and {sha} are filled in.';
const passwordRefusal = 'holds a password; dotcloud-push logs in with ssh-key only.';
// Leading characters are strict so that no part can ever read as an option of ssh, git, hg or rsync (CVE-2017-1000117).
const userPattern = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/;
const hostPattern = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?$/;
const ipv6Pattern = /^(?=[0-9A-Fa-f:.]{2,45}$)[0-9A-Fa-f.]*(:[0-9A-Fa-f.]*){2,7}$/;
const pathPattern = /^[\p{L}\p{M}\p{N} ._+@,:=~%/-]*$/u;
function refuse(input, what, evidence = '', errorClass = 'input') {
    throw new PushError(errorClass, `Input ${input} ${what}`, accepted, { evidence });
}
function decode(input, text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return refuse(input, `has a broken percent-encoding: "${text}".`);
    }
}
function splitUrl(input, text) {
    const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? [];
    if (scheme.toLowerCase() !== 'ssh')
        refuse(input, `uses ${scheme}://, and only ssh:// is accepted.`);
    const slash = rest.indexOf('/');
    const authority = slash < 0 ? rest : rest.slice(0, slash);
    const path = decode(input, slash < 0 ? '' : rest.slice(slash)).replace(/^\/+/, '/');
    const home = /^\/~(\/|$)/.test(path);
    return { authority, base: home ? 'home' : 'root', path: home ? path.slice(2) : path };
}
function splitScp(input, text) {
    const match = /^((?:[^@:/]*@)?(?:\[[^\]/]*\]|[^@:/[\]]*)):(.*)$/s.exec(text);
    if (match === null)
        refuse(input, 'names no host and path.', text);
    const [, authority = '', path = ''] = match;
    // user:password@host:path would read as a path on the host "user", and be shown.
    if (/^[^/]*@/.test(path))
        refuse(input, passwordRefusal);
    if (path.startsWith('/'))
        return { authority, base: 'root', path };
    return { authority, base: 'home', path: path.replace(/^~(?=\/|$)/, '') };
}
function parseLogin(input, authority, values, portAllowed) {
    const at = authority.lastIndexOf('@');
    const userText = at < 0 ? defaultUser : authority.slice(0, at);
    if (decode(input, userText).includes(':'))
        refuse(input, passwordRefusal);
    const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority.slice(at + 1));
    const [, hostText = '', portText] = match ?? [];
    if (match === null)
        refuse(input, 'has a malformed host or port.', authority);
    const user = template_fill(input, decode(input, userText), values);
    if (!userPattern.test(user))
        refuse(input, `has an unacceptable user name ${JSON.stringify(user)}.`);
    const host = template_fill(input, decode(input, hostText), values);
    const bare = host.replace(/^\[(.*)\]$/s, '$1');
    const valid = host === bare ? hostPattern.test(host) : ipv6Pattern.test(bare);
    if (!valid)
        refuse(input, `has an unacceptable host name ${JSON.stringify(host)}.`);
    if (portText !== undefined && !portAllowed)
        refuse(input, 'has a malformed host or port.', authority);
    const port = portText === undefined ? defaultPort : Number(portText);
    if (!/^[0-9]{1,5}$/.test(portText ?? '22') || port < 1 || port > 65535) {
        refuse(input, `has the port ${JSON.stringify(portText)}, and ports are 1 to 65535.`);
    }
    return { user, host: bare.toLowerCase(), port };
}
function parsePath(input, text, values) {
    const path = template_fill(input, text, values);
    if (/[?#]/.test(path))
        refuse(input, 'has a query or a fragment.', path);
    const strange = [...path].find((character) => !pathPattern.test(character));
    if (strange !== undefined)
        refuse(input, `has ${JSON.stringify(strange)} in its path, which a shell could act on.`, path);
    const segments = path.split('/').filter((segment) => segment !== '');
    if (segments.some((segment) => segment === '.' || segment === '..')) {
        refuse(input, 'has "." or ".." in its path.', path, 'unsafe');
    }
    if (segments.length === 0)
        refuse(input, 'names a root or a home directory, not a directory in it.', path, 'unsafe');
    if (segments[0]?.startsWith('~'))
        refuse(input, 'has a "~" where only /~/ is understood.', path, 'unsafe');
    if (path.startsWith(':'))
        refuse(input, 'has "::", which names an rsync daemon or a transport helper.', path);
    if (segments.some((segment) => segment.startsWith('-')))
        refuse(input, 'has a path segment that begins with "-".', path);
    return segments.join('/');
}
/**
 * The destination that a text stands for. The order is what keeps it safe: split, percent-decode, fill the template
 * values in, and only then hold each part against its allow-list.
 * @throws PushError `input` or `unsafe`, naming the input and the offending part, never a password
 */
function parseDestination(input, text, values) {
    if (/[\u0000-\u001f\u007f]/.test(text))
        refuse(input, 'holds a control character.');
    const isUrl = text.includes('://');
    const { authority, base, path } = isUrl ? splitUrl(input, text) : splitScp(input, text);
    return { ...parseLogin(input, authority, values, isUrl), base, path: parsePath(input, path, values) };
}
/** A bastion: `ssh://[user@]host[:port]`, nothing more. */
function parseJump(input, text, values) {
    const match = /^ssh:\/\/([^/?#]+)\/?$/i.exec(text);
    if (match === null || /[\u0000-\u001f\u007f]/.test(text)) {
        throw new PushError('input', `Input ${input} is not a bastion's address.`, 'Write ssh://[user@]host[:port].');
    }
    return parseLogin(input, match[1] ?? '', values, true);
}
/** The destination as an URL that parses to the same destination. */
function formatDestination(destination) {
    const { base, path } = destination;
    const encoded = path
        .split('/')
        .map((segment) => encodeURIComponent(segment).replaceAll(/%(40|3A|2C|2B|3D)/g, decodeURIComponent));
    return `ssh://${formatLogin(destination)}${base === 'home' ? '/~/' : '/'}${encoded.join('/')}`;
}
/** `user@host:port`, the port only where it is not 22. */
function formatLogin({ user, host, port }) {
    return `${user}@${bracket(host)}${port === defaultPort ? '' : `:${port}`}`;
}
/** `user@host`, as ssh's, git's and rsync's command lines take it; `forUrl` puts an IPv6 address in brackets. */
function loginWord({ user, host }, forUrl = false) {
    return `${user}@${forUrl ? bracket(host) : host}`;
}
/** The path as a remote shell or tool takes it: absolute, or relative to the home where a session starts. */
function remotePath({ base, path }) {
    return base === 'root' ? `/${path}` : path;
}
function bracket(host) {
    return host.includes(':') ? `[${host}]` : host;
}

;// CONCATENATED MODULE: ./build/core/key.js

const howToFix = 'Put the whole private key file into the secret, from its -----BEGIN line to its -----END line, line breaks included.';
/** What people paste instead of a private key; the first sign that fits names the mistake. */
const mistakes = [
    {
        sign: /^PuTTY-User-Key-File-/,
        cause: 'ssh-key is a PuTTY key (.ppk), which OpenSSH cannot read.',
        next: 'Convert it: puttygen key.ppk -O private-openssh -o key, and put the result into the secret.',
    },
    {
        sign: /^(ssh-|ecdsa-|sk-)\S+ +AAAA|^-+ ?BEGIN (SSH2 |RSA )?PUBLIC KEY/,
        cause: 'ssh-key is the public half of a key.',
        next: 'Put the private half into the secret: the file without .pub.',
    },
    {
        sign: /^-----BEGIN CERTIFICATE/,
        cause: 'ssh-key is a certificate, not a private key.',
        next: howToFix,
    },
    {
        sign: /^(?!-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----)/,
        cause: 'ssh-key does not begin with a -----BEGIN … PRIVATE KEY----- line.',
        next: howToFix,
    },
    {
        sign: /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?!\n)(?=.)/,
        cause: 'ssh-key is all on one line.',
        next: howToFix,
    },
    {
        sign: /^(?![\s\S]*\n-----END [A-Z0-9 ]*PRIVATE KEY-----$)/,
        cause: 'ssh-key is cut off: it has no -----END … PRIVATE KEY----- line at its end.',
        next: howToFix,
    },
    {
        sign: /^-----BEGIN [^\n]*\n(?![A-Za-z0-9+/=\n]+\n-----END|[A-Za-z0-9-]+: )/,
        cause: 'ssh-key holds characters that no private key has.',
        next: howToFix,
    },
];
/**
 * The key as ssh reads it: line ends mended, one newline at the end.
 * @throws PushError `key` that names the mistake and never quotes the key
 */
function parseKey(text) {
    const lines = text.trim().split(/\r\n|\r|\n/);
    const key = lines.map((line) => line.trimEnd()).join('\n');
    const mistake = mistakes.find(({ sign }) => sign.test(key));
    if (mistake !== undefined)
        throw new PushError('key', mistake.cause, mistake.next);
    return `${key}\n`;
}
/** What `ssh-keygen -y` said of a key that looked right, as a failure. */
function unusableKey(stderr, passphraseGiven) {
    const evidence = stderr
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^Load key "[^"]*": /, '') ?? '';
    if (!/passphrase/i.test(stderr)) {
        return new PushError('key', 'ssh-key is damaged: ssh-keygen cannot read it.', howToFix, { evidence });
    }
    return passphraseGiven
        ? new PushError('key', 'ssh-key-passphrase does not open ssh-key.', 'Check the passphrase for a missing or an added character.', { evidence })
        : new PushError('key', 'ssh-key is encrypted and ssh-key-passphrase is empty.', 'Set ssh-key-passphrase, or better: use a key for this deployment alone, without a passphrase.', { evidence });
}

;// CONCATENATED MODULE: ./build/core/model.js
const methodNames = ['hg', 'git', 'rsync'];
/** How far commits are counted. */
const model_mostCounted = 10_000;
/** How many commits a report lists, and how many files its summary. */
const model_mostListed = 50;
/** How many lines of the server's output a report keeps. */
const mostKept = 40;
const stageNames = (/* unused pure expression or super */ null && (['settings', 'connect', 'push', 'deploy']));

;// CONCATENATED MODULE: ./build/core/settings.js







/** What each input is when nobody sets it. */
const defaults = Object.fromEntries(inputs.map((input) => [input.name, input.default]));
/** Inputs in a file, at the top of the workspace. */
const configFile = 'dotcloud-push.yml';
/**
 * What never leaves the workspace by rsync unless `includes` lifts it: version control, files in which secrets live,
 * and our own configuration.
 */
const builtInExcludes = [
    '.git',
    '.hg',
    '.svn',
    '.env*',
    '*.pem',
    'id_*',
    '.npmrc',
    '.netrc',
    '.ssh',
    '.aws',
    // It tells a web root's visitors where it is pushed from.
    configFile,
];
/** @throws PushError `input` with the input's name, the value and what is accepted */
function settings_refuse(input, value, accepted) {
    throw new PushError('input', `Input ${input} is ${JSON.stringify(value)}.`, `${input} accepts ${accepted}.`);
}
/** The lines of a list input, without blank ones. */
function parseLines(text) {
    return text
        .split(/\r\n|\r|\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
}
function parseName(input, text) {
    if (text === '')
        throw new PushError('input', `Input ${input} is required and empty.`, `Set ${input}.`);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)) {
        settings_refuse(input, text, 'a letter or digit, then up to 127 letters, digits, ".", "_" and "-"');
    }
    return text;
}
function parseBoolean(input, text) {
    if (/^(true|True|TRUE)$/.test(text))
        return true;
    if (/^(false|False|FALSE)$/.test(text))
        return false;
    return settings_refuse(input, text, 'true or false');
}
function parseChoice(input, text, choices) {
    return choices.find((choice) => choice === text) ?? settings_refuse(input, text, choices.join(', '));
}
/** A whole number from 1 to `most`. */
function parseCount(input, text, unit, most) {
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
    return number >= 1 && number <= most ? number : settings_refuse(input, text, `a whole number of ${unit} from 1 to ${most}`);
}
function parseDeleteLimit(text) {
    const [, digits = '', percent] = /^([0-9]{1,9})(%?)$/.exec(text) ?? [];
    if (digits !== '' && percent === '')
        return { count: Number(digits) };
    if (digits !== '' && Number(digits) <= 100)
        return { percent: Number(digits) };
    return settings_refuse('max-delete', text, 'a number of files, or a percentage from 0% to 100%');
}
/** rsync patterns, one a line. A pattern is only ever a pattern: no prefix makes it a rule of another kind. */
function parsePatterns(input, text) {
    const patterns = parseLines(text);
    const bad = patterns.find((pattern) => /[\u0000-\u001f\u007f]/.test(pattern));
    if (bad !== undefined)
        settings_refuse(input, bad, 'patterns without control characters, one a line');
    return patterns;
}
function parseIncludes(text) {
    const includes = parsePatterns('includes', text);
    for (const name of includes) {
        const lifted = builtInExcludes.some((pattern) => matchesName(pattern, name));
        if (!lifted)
            settings_refuse('includes', name, `names that are excluded without being asked: ${builtInExcludes.join(' ')}`);
    }
    return includes;
}
function matchesName(pattern, name) {
    if (pattern === name)
        return true;
    if (/[/*?[\]]/.test(name))
        return false;
    if (pattern.startsWith('*'))
        return name.endsWith(pattern.slice(1));
    return pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1));
}
function parseFingerprints(text) {
    return parseLines(text).map((line) => {
        const fingerprint = /(?:^|\s)(SHA256:[A-Za-z0-9+/]{43})=?(?:\s|$)/.exec(line)?.[1];
        return fingerprint ?? settings_refuse('host-key-fingerprint', line, 'SHA256:… as ssh-keygen -lf prints it, one a line');
    });
}
function parseKnownHosts(text) {
    const lines = parseLines(text);
    const marked = /^(@cert-authority|@revoked)\s+/;
    for (const line of lines.filter((each) => !each.startsWith('#'))) {
        const fields = line.replace(marked, '').split(/\s+/);
        if (fields.length < 3 ||
            !/^(ssh-|ecdsa-|sk-)/.test(fields[1] ?? '') ||
            !/^AAAA[A-Za-z0-9+/]+=*$/.test(fields[2] ?? '')) {
            settings_refuse('known-hosts', line, 'lines of a known_hosts file: host, key type, key');
        }
    }
    return lines.map((line) => `${line}\n`).join('');
}
function parseHostKeys(raw) {
    const insecure = parseBoolean('insecure-skip-host-key-check', raw['insecure-skip-host-key-check']);
    const lines = parseKnownHosts(raw['known-hosts']);
    const fingerprints = parseFingerprints(raw['host-key-fingerprint']);
    if (!insecure && !/^[^#]/m.test(lines) && fingerprints.length === 0) {
        throw new PushError('input', 'Neither known-hosts nor host-key-fingerprint is set, so the server cannot be told from an impostor.', "Set known-hosts to the line that the server's owner gives you; `ssh-keyscan HOST` prints candidates, to be compared with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the server.");
    }
    return { lines, fingerprints, insecure };
}
function parseSshKey(text) {
    if (text.trim() !== '')
        return parseKey(text);
    throw new PushError('input', 'Input ssh-key is required and empty.', 'Set the secret. GitHub gives no secrets to pull requests from forks and to Dependabot: do not deploy on those events.');
}
function parseDeployCommand(text, sample) {
    const command = text.trim();
    if (/[\u0000-\u001f\u007f]/.test(command)) {
        settings_refuse('deploy-command', command, 'one line; join commands with && or put them into a script on the server');
    }
    template_fill('deploy-command', command, sample);
    return command;
}
function parseDestinationInput(raw, sample) {
    const text = raw.destination.trim();
    if (text !== '')
        parseDestination('destination', text, sample);
    else if (raw.plan.trim() === '') {
        throw new PushError('input', 'Input destination is required and empty.', 'Set destination, or a plan that names it.');
    }
    return text;
}
// Templates are judged before branch and commit are known: with stand-ins that every rule accepts.
function sampleValues(raw) {
    return { app: raw.app || 'app', deployment: raw.deployment || 'default', branch: 'main', sha: '0'.repeat(40) };
}
function parseTargetBranch(text, sample) {
    if (text === '' || /[{}]/.test(template_fill('target-branch', text, sample)))
        settings_refuse('target-branch', text, 'a branch name or a template such as {branch}');
    return text;
}
/**
 * All inputs, judged. Every mistake is told at once, before anything is connected to.
 * @throws PushError naming each input, its value and what is accepted
 */
function parseSettings(raw) {
    const { settings, mistakes } = judgeSettings(raw);
    const problem = combine(mistakes);
    if (problem !== undefined)
        throw problem;
    return settings;
}
/** All inputs with their mistakes; what could not be accepted is empty, or the least that its type allows. */
function judgeSettings(raw) {
    const mistakes = [];
    function attempt(parse, otherwise) {
        try {
            return parse();
        }
        catch (error) {
            if (!(error instanceof PushError))
                throw error;
            mistakes.push(error);
            return otherwise;
        }
    }
    const flag = (input) => attempt(() => parseBoolean(input, raw[input]), false);
    const count = (input, unit, most) => attempt(() => parseCount(input, raw[input], unit, most), 1);
    const patterns = (input) => attempt(() => parsePatterns(input, raw[input]), []);
    const sample = sampleValues(raw);
    const settings = {
        app: attempt(() => parseName('app', raw.app), ''),
        deployment: attempt(() => parseName('deployment', raw.deployment), ''),
        destination: attempt(() => parseDestinationInput(raw, sample), ''),
        key: attempt(() => parseSshKey(raw['ssh-key']), ''),
        passphrase: raw['ssh-key-passphrase'],
        hostKeys: attempt(() => parseHostKeys(raw), { lines: '', fingerprints: [], insecure: false }),
        proxyJump: attempt(() => (raw['proxy-jump'] === '' ? undefined : parseJump('proxy-jump', raw['proxy-jump'], sample)), undefined),
        source: raw.source === '' ? '.' : raw.source,
        method: attempt(() => parseChoice('method', raw.method, ['auto', ...methodNames]), 'auto'),
        excludes: patterns('excludes'),
        includes: attempt(() => parseIncludes(raw.includes), []),
        protect: patterns('protect'),
        delete: flag('delete'),
        maxDelete: attempt(() => parseDeleteLimit(raw['max-delete']), { count: 0 }),
        adopt: flag('adopt'),
        targetBranch: attempt(() => parseTargetBranch(raw['target-branch'], sample), ''),
        force: flag('force'),
        shallow: attempt(() => parseChoice('shallow', raw.shallow, ['auto', 'snapshot', 'fail']), 'auto'),
        deployCommand: attempt(() => parseDeployCommand(raw['deploy-command'], sample), ''),
        plan: raw.plan.trim(),
        dryRun: flag('dry-run'),
        doctor: flag('doctor'),
        verify: attempt(() => parseChoice('verify', raw.verify, ['auto', 'full']), 'full'),
        allowUntrustedEvent: flag('insecure-allow-untrusted-event'),
        connectTimeout: count('connect-timeout', 'seconds', 600),
        idleTimeout: count('idle-timeout', 'seconds', 86_400),
        timeout: 60 * count('timeout', 'minutes', 1440),
        retries: count('retries', 'attempts', 20),
    };
    return { settings, mistakes };
}
/** The branch filter, judged on its own: it is asked before anything else is read. */
function parseBranches(raw) {
    const branches = parseLines(raw.branches);
    checkPatterns(branches);
    return branches;
}

;// CONCATENATED MODULE: ./build/core/workspace.js



/** For every git command over a repository that somebody else may have written. */
const gitIsolation = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // A partial clone would fetch what is missing, by a command that its configuration names.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
};
const markers = [
    ['hg', '.hg'],
    ['git', '.git'],
];
/**
 * The one look at the disk. Nothing of the workspace is run: `git rev-parse`, which runs no hook and no configured
 * program, is the only command that reads it.
 * @throws PushError `input` or `unsafe` when there is nothing that could be pushed
 */
async function inspect(wish, host) {
    const top = await (0,promises_namespaceObject.realpath)(host.context.workspace);
    const source = await resolveInside(top, wish.source);
    const isFile = await isPlain(source, wish.source);
    const root = wish.check && !isFile ? await climb(source, top, host) : source;
    const directory = isFile ? (0,external_node_path_.dirname)(root) : root;
    const { method, reason } = await choose(wish.method, directory, isFile, top, host);
    if (method === 'rsync')
        await refuseOwnFolder(root, host);
    const hg = method === 'hg' ? await hgFacts(directory, top) : undefined;
    const git = hg === undefined ? await gitFacts(directory, top, method === 'git', host) : undefined;
    return {
        root,
        isFile,
        method,
        reason,
        git,
        hg,
        branch: hg?.branch ?? branchOf(host.context.ref) ?? host.context.headBranch ?? git?.branch,
        sha: hg?.node ?? git?.head ?? host.context.sha,
    };
}
/** The branch that is checked out, as a ref, for a gate outside of GitHub. */
async function checkedOutRef(source, host) {
    const { branch } = await inspect({ source: source || '.', method: 'auto', check: false }, host);
    return branch === undefined ? undefined : `refs/heads/${branch}`;
}
function branchOf(ref) {
    return /^refs\/heads\/(.+)$/s.exec(ref ?? '')?.[1];
}
/** A path of the user's, resolved, links followed, and still inside the workspace. */
async function resolveInside(top, path, input = 'source') {
    const wanted = (0,external_node_path_.resolve)(top, path);
    const found = await (0,promises_namespaceObject.realpath)(wanted).catch(() => {
        throw new PushError('input', `Input ${input} is ${JSON.stringify(path)}, which does not exist.`, 'Name a path in the workspace, after the steps that make it.');
    });
    if (found !== top && !found.startsWith(top.endsWith(external_node_path_.sep) ? top : top + external_node_path_.sep)) {
        throw new PushError('unsafe', `Input ${input} leads out of the workspace.`, 'Name a path inside the workspace.', {
            evidence: `${path} is ${found}`,
        });
    }
    return found;
}
/** Whether it is a file, not a directory. @throws PushError when it is neither: a pipe or a device has no content to send */
async function isPlain(path, input) {
    const found = await (0,promises_namespaceObject.stat)(path);
    if (found.isFile() || found.isDirectory())
        return found.isFile();
    throw new PushError('input', `Input source is ${JSON.stringify(input)}, which is neither a directory nor a file.`, 'Name a directory in the workspace.');
}
/** What is sent must not hold the session's folder: the key lies in it. */
async function refuseOwnFolder(root, { context }) {
    const temp = await (0,promises_namespaceObject.realpath)(context.temp).catch(() => context.temp);
    if (temp !== root && !temp.startsWith(root.endsWith(external_node_path_.sep) ? root : root + external_node_path_.sep))
        return;
    throw new PushError('unsafe', 'The directory for temporary files lies in what is pushed, and the key would lie there.', 'Set RUNNER_TEMP (on the command line TMPDIR) to a directory outside of it, or source to another directory.', { evidence: temp });
}
/** dotCloud's `check`: the nearest directory with a dotcloud.yml, never above the workspace. */
async function climb(start, top, host) {
    for (let directory = start;; directory = (0,external_node_path_.dirname)(directory)) {
        if (await exists((0,external_node_path_.join)(directory, 'dotcloud.yml'))) {
            if (directory !== start)
                host.log.info(`Found dotcloud.yml: using ${(0,external_node_path_.relative)(top, directory) || '.'} as the base directory.`);
            return directory;
        }
        if (directory === top)
            break;
    }
    host.log.warning(`No dotcloud.yml in ${(0,external_node_path_.relative)(top, start) || 'the workspace'} or above it, up to the workspace.`);
    return start;
}
async function choose(wanted, directory, isFile, top, host) {
    if (isFile && (wanted === 'hg' || wanted === 'git')) {
        throw new PushError('input', `A single file cannot be pushed by ${wanted}.`, 'Set method: rsync, or source to the repository.');
    }
    const present = [];
    for (const [method, marker] of isFile ? [] : markers) {
        if (await exists((0,external_node_path_.join)(directory, marker)))
            present.push(method);
    }
    if ((wanted === 'auto' || wanted === 'hg') && present.includes('hg'))
        await refuseTracked(directory, top, host);
    if (wanted === 'rsync')
        return { method: wanted, reason: 'method is rsync' };
    if (wanted !== 'auto') {
        if (present.includes(wanted))
            return { method: wanted, reason: `method is ${wanted}` };
        throw new PushError('input', `Input method is ${wanted}, but there is no .${wanted} in ${(0,external_node_path_.relative)(top, directory) || 'the workspace'}.`, `Point source at the repository${wanted === 'git' ? '; a sub-directory of one can be sent with method: rsync' : ''}.`);
    }
    const [method = 'rsync'] = present;
    return { method, reason: method === 'rsync' ? 'neither .hg nor .git is there' : `.${method} is there` };
}
/** A `.hg` that came with a git commit is somebody's attempt to have their hooks run next to the key. */
async function refuseTracked(directory, top, host) {
    const { code } = await git(directory, ['rev-parse', '--verify', '--quiet', 'HEAD:./.hg'], top, host);
    if (code !== 0)
        return;
    throw new PushError('unsafe', 'The .hg directory is tracked by git: whoever committed it chose what Mercurial would do here.', 'Remove .hg from the git repository, or set method: git or rsync.');
}
/**
 * Mercurial's checked-out changeset, read from its dirstate: starting `hg` for it would cost a quarter of a push.
 * The first parent is at the start, or follows the docket's marker in version 2
 * (mercurial/dirstateutils/docket.py, mercurial/pure/parsers.py).
 */
async function hgFacts(directory, top) {
    await refuseForeignStore(directory, top);
    const dirstate = (await readPlain((0,external_node_path_.join)(directory, '.hg', 'dirstate'))) ?? Buffer.alloc(0);
    const marker = 'dirstate-v2\n';
    const start = dirstate.subarray(0, marker.length).toString('latin1') === marker ? marker.length : 0;
    const node = dirstate.subarray(start, start + 20).toString('hex');
    if (/^0*$/.test(node)) {
        throw new PushError('input', 'The Mercurial repository has no changeset checked out.', 'Commit something first, or hg update.');
    }
    const branch = (await readPlain((0,external_node_path_.join)(directory, '.hg', 'branch')))?.toString('utf8').trim() || 'default';
    if (/[\u0000-\u001f\u007f]/.test(branch)) {
        throw new PushError('input', 'The name in .hg/branch holds a control character.', 'Choose the branch anew: hg branch.');
    }
    return { node, branch };
}
/** What hg would push must lie in the workspace, however it is led there. */
async function refuseForeignStore(directory, top) {
    const hg = (0,external_node_path_.join)(directory, '.hg');
    const pointer = (0,external_node_path_.join)(hg, 'sharedpath');
    const shared = (await readPlain(pointer))?.toString('utf8').trim();
    const led = [
        hg,
        (0,external_node_path_.join)(hg, 'store'),
        ...(shared === undefined ? [] : [(0,external_node_path_.resolve)(hg, shared), (0,external_node_path_.resolve)(hg, shared, 'store')]),
    ];
    const real = await Promise.all(led.map((path) => (0,promises_namespaceObject.realpath)(path).catch(() => top)));
    const outside = real.find((path) => path !== top && !path.startsWith(top + external_node_path_.sep));
    if (outside === undefined && (shared !== undefined || !(await exists(pointer))))
        return;
    throw new PushError('unsafe', '.hg leads to a repository outside of the workspace.', 'Clone the repository inside the workspace.', { evidence: outside ?? pointer });
}
/**
 * A small file that lies in the workspace as a plain file; undefined when it is missing or anything else. A pipe would
 * never end, and a link could lead anywhere.
 */
async function readPlain(path, most = 64 << 20) {
    const found = await (0,promises_namespaceObject.lstat)(path).catch(() => undefined);
    return found?.isFile() && found.size <= most ? await (0,promises_namespaceObject.readFile)(path) : undefined;
}
async function gitFacts(directory, top, required, host) {
    if (!required && !(await hasRepositoryAbove(directory, top)))
        return undefined;
    const args = [
        'rev-parse',
        '--git-dir',
        '--git-common-dir',
        '--is-shallow-repository',
        '--show-object-format',
        'HEAD',
        '--symbolic-full-name',
        'HEAD',
    ];
    const { code, stdout, stderr } = await git(directory, args, top, host);
    const [gitDirectory = '', common = '', shallow, objectFormat = 'sha1', head = '', ref] = stdout.trim().split('\n');
    if (code !== 0 || !/^[0-9a-f]{40,64}$/.test(head)) {
        if (!required)
            return undefined;
        throw /unknown revision|ambiguous argument/.test(stderr)
            ? new PushError('input', 'The git repository has no commit yet.', 'Commit something first.')
            : new PushError('input', 'The workspace is not a git repository that git can read.', 'Look at the evidence.', {
                evidence: stderr.trim(),
            });
    }
    const commonDirectory = await (0,promises_namespaceObject.realpath)((0,external_node_path_.resolve)(directory, common));
    if (required)
        await refuseForeign(directory, await (0,promises_namespaceObject.realpath)((0,external_node_path_.resolve)(directory, gitDirectory)), commonDirectory, top);
    return {
        directory: (0,external_node_path_.resolve)(directory, gitDirectory),
        commonDirectory,
        head,
        branch: branchOf(ref),
        shallow: shallow === 'true',
        partial: await isPartial(commonDirectory),
        objectFormat,
    };
}
/**
 * A `.git` file may lead to a submodule's or a worktree's directory, but only to one that knows of it; and the objects
 * must be that repository's own.
 */
async function refuseForeign(directory, git, common, top) {
    const inside = (path) => path.startsWith(top + external_node_path_.sep);
    if (inside(git) && inside(common))
        return;
    const back = (await readPlain((0,external_node_path_.join)(git, 'gitdir')))?.toString('utf8') ?? '';
    const knowsUs = back !== '' && (await (0,promises_namespaceObject.realpath)(back.trim()).catch(() => '')) === (0,external_node_path_.join)(directory, '.git');
    if (knowsUs && (0,external_node_path_.dirname)((0,external_node_path_.dirname)(git)) === common)
        return;
    throw new PushError('unsafe', '.git leads to a repository outside of the workspace.', 'Check the repository out inside the workspace.', { evidence: inside(git) ? common : git });
}
async function hasRepositoryAbove(directory, top) {
    for (let at = directory;; at = (0,external_node_path_.dirname)(at)) {
        if (await exists((0,external_node_path_.join)(at, '.git')))
            return true;
        if (at === top || at === (0,external_node_path_.dirname)(at))
            return false;
    }
}
async function isPartial(commonDirectory) {
    const packs = await (0,promises_namespaceObject.readdir)((0,external_node_path_.join)(commonDirectory, 'objects', 'pack')).catch(() => []);
    return packs.some((name) => name.endsWith('.promisor'));
}
async function git(directory, args, top, host) {
    const command = {
        label: 'git rev-parse',
        file: 'git',
        // The workspace often belongs to another user (containers); we run nothing that it configures.
        args: ['-c', 'safe.directory=*', '-c', 'safe.bareRepository=explicit', ...args],
        cwd: directory,
        env: { ...gitIsolation, GIT_CEILING_DIRECTORIES: (0,external_node_path_.dirname)(top) },
    };
    return await host.runner.run(command, { signal: host.signal, idle: 30 });
}
/** Whether there is something by this name, even a link that leads nowhere. */
async function exists(path) {
    return await (0,promises_namespaceObject.lstat)(path).then(() => true, () => false);
}

;// CONCATENATED MODULE: ./build/core/config.js





const most = 64 << 10;
const mostTold = 10;
/** Every input: as it is given, else as dotcloud-push.yml has it, else its default. */
async function complete(given, host) {
    const config = await findConfig(host);
    const counting = Object.keys(config).filter((name) => !Object.hasOwn(given, name));
    if (counting.length > 0)
        host.log.info(`${configFile} sets ${counting.join(', ')}.`);
    return { ...defaults, ...config, ...given };
}
async function findConfig({ context, log }) {
    const path = (0,external_node_path_.join)(context.workspace, configFile);
    if (!(await exists(path)))
        return {};
    if (context.event.outside) {
        log.warning(`${configFile} is not read: the event ${context.event.name} may run over code of somebody who cannot push to this repository.`);
        return {};
    }
    const content = await readPlain(path, most);
    if (content !== undefined)
        return await parseConfig(content);
    throw new PushError('input', `${configFile} is no plain file of at most ${most >> 10} KiB.`, 'Replace it by a plain file, or remove it.');
}
/**
 * Inputs from the text of dotcloud-push.yml, which anybody may have written: only names that the file may set, and only
 * values that the input accepts.
 * @throws PushError with every mistake and its line; `input`, or what the input's own value is refused with
 */
async function parseConfig(content) {
    // A parser of YAML is as large as all the rest of us.
    const { readFlat } = await Promise.all(/* import() */[__nccwpck_require__.e(815), __nccwpck_require__.e(787)]).then(__nccwpck_require__.bind(__nccwpck_require__, 7787));
    const read = readFlat(content);
    if ('problem' in read) {
        throw new PushError('input', `${configFile} cannot be read.`, 'Write YAML: a line with a name and a value for each input.', { evidence: read.problem });
    }
    const given = new Map();
    const mistakes = read.entries.flatMap((entry) => {
        try {
            const [name, value] = readEntry(entry);
            if (given.has(name))
                throw twice(name, entry);
            given.set(name, value);
            return judge(name, value, entry);
        }
        catch (error) {
            if (error instanceof PushError)
                return [error];
            throw error;
        }
    });
    const problem = combine(mistakes.slice(0, mostTold));
    if (problem !== undefined)
        throw problem;
    return Object.fromEntries(given);
}
function readEntry({ key, value, line }) {
    const input = inputs.find(({ name }) => name === key);
    if (input === undefined) {
        throw new PushError('input', `${configFile} has ${JSON.stringify(key ?? '…')} in line ${line}, which is no input.`, `The file accepts ${config_accepted()}.`);
    }
    const { name, list } = input;
    if (!input.configurable) {
        throw new PushError('input', `${configFile} sets ${name} in line ${line}, which is not for a file that comes with the code.`, `Set ${name} in the workflow, as an option or as a variable. The file accepts ${config_accepted()}.`);
    }
    if (typeof value === 'string')
        return [name, value];
    if (list && value?.every((each) => each !== undefined))
        return [name, value.join('\n')];
    throw new PushError('input', `${configFile} has something else than a value for ${name} in line ${line}.`, `${name} accepts ${list ? 'a list of texts, or one text with a line for each' : 'one value'}; for the default, leave it out.`);
}
const config_accepted = () => inputs.flatMap(({ name, configurable }) => (configurable ? [name] : [])).join(', ');
function twice(name, { line }) {
    return new PushError('input', `${configFile} sets ${name} again in line ${line}.`, 'Keep one of them.');
}
/** What is wrong with the value alone, told with its line. */
function judge(name, value, { line }) {
    const usual = mistakesOf({}).map(({ cause }) => cause);
    const place = `${configFile}, line ${line}`;
    return mistakesOf({ [name]: value })
        .filter(({ cause }) => !usual.includes(cause))
        .map(({ errorClass, cause, next, evidence }) => new PushError(errorClass, cause, next, { evidence: evidence === '' ? place : `${place}: ${evidence}` }));
}
function mistakesOf(given) {
    const raw = { ...defaults, ...given };
    const { mistakes } = judgeSettings(raw);
    try {
        parseBranches(raw);
        return mistakes;
    }
    catch (error) {
        if (error instanceof PushError)
            return [...mistakes, error];
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/core/ssh-log.js



/**
 * What ssh's own log (`ssh -v`) tells. It is kept apart from what the server prints, so a server cannot forge it by
 * its output; only ssh's wording can change, and then a failure becomes less exact, never a success.
 */
/** The fingerprint of a public key in base64, as ssh prints it. */
function fingerprintOf(publicKey) {
    return `SHA256:${(0,external_node_crypto_namespaceObject.createHash)('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64').replace(/=+$/, '')}`;
}
function parseOffered(text) {
    return text.split('\n').flatMap((line) => {
        const [host, type, key, fingerprint] = line.split(' ');
        return host && type && key && fingerprint ? [{ host, type, key, fingerprint }] : [];
    });
}
/** How the last remote command ended: with an exit status, by a signal, or nobody knows because the line is gone. */
function commandEnd(log) {
    const kinds = [...log.matchAll(/client_input_channel_req: channel \d+ rtype exit-(status|signal)/g)];
    const last = kinds.at(-1)?.[1];
    return last === 'status' || last === 'signal' ? last : 'lost';
}
/** What the server calls itself. */
function serverSoftware(log) {
    return /remote software version (.*)$/m.exec(log)?.[1]?.trim() ?? '';
}
/** Bytes sent over all connections that have ended, encryption included. */
function bytesSent(log) {
    const totals = [...log.matchAll(/^Transferred: sent (\d+), received/gm)];
    return totals.length === 0 ? undefined : totals.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
const unreachable = /^ssh: (?:connect to host .*|Could not resolve hostname .*)$|^(?:kex_exchange_identification|ssh_dispatch_run_fatal|banner exchange|client_loop|Connection (?:closed|reset|timed out)|Connection to \S+ port \d+ timed out|Timeout, server|Unable to negotiate).*$/m;
/** Why ssh could not log in, from its log. Total: whatever the log says, there is one class. */
function connectFailure(log, given) {
    const attempt = { ...given, login: failedHop(given) };
    const where = formatLogin(attempt.login);
    if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|host key is known for/.test(log)) {
        return hostKeyFailure(log, attempt);
    }
    const keyError = /^Load key .*$/m.exec(log)?.[0];
    if (keyError !== undefined) {
        return new PushError('key', 'ssh cannot load ssh-key.', 'Check the secret and its passphrase.', {
            evidence: keyError,
        });
    }
    const denied = /^.*(?:Permission denied|Too many authentication failures).*$/m.exec(log)?.[0];
    if (denied !== undefined) {
        return new PushError('auth', `${where} did not accept our key ${attempt.keyFingerprint}.`, `Append the public half of ssh-key to ~/.ssh/authorized_keys of ${attempt.login.user} on the server, and check the user name.`, { evidence: denied });
    }
    const line = unreachable.exec(log)?.[0] ?? lastWords(log);
    // What came in place of SSH's own first line: MaxStartups, or another protocol.
    const greeting = /identification: (banner line \d+: .*)$/m.exec(log)?.[1];
    const evidence = greeting === undefined ? line : `${line} (${greeting})`;
    const [, errorClass, cause, next] = reasons(where).find(([sign]) => sign.test(evidence)) ?? unknownReason(where);
    return new PushError(errorClass, cause, next, {
        evidence,
        retry: !/Name or service not known|negotiate/.test(evidence) && !stranger.test(evidence),
    });
}
/** Behind a bastion, the destination is to blame only when it has shown a host key of its own. */
function failedHop({ login, jump, offered }) {
    const name = ({ host, port }) => (port === 22 ? host : `[${host}]:${port}`);
    const reached = offered.some(({ host }) => host === name(login));
    return jump === undefined || reached ? login : jump;
}
/** What ssh says of a port at which another protocol answers. */
const stranger = /No SSH version received|banner line (?:too long|contains invalid|\d+: HTTP\/)|could not read protocol version/;
function reasons(where) {
    return [
        [
            /Could not resolve hostname/,
            'connect',
            `The name of ${where} does not resolve.`,
            'Check the host name in destination.',
        ],
        [stranger, 'connect', `What answers at ${where} is not an SSH server.`, 'Check the port in destination.'],
        [
            /Connection refused/,
            'connect',
            `${where} refused the connection.`,
            'Check host and port, and that sshd runs there.',
        ],
        [
            /timed out|not responding/,
            'timeout',
            `${where} did not answer within connect-timeout.`,
            "Check host, port and the server's firewall: it must let this runner in.",
        ],
        [
            /Unable to negotiate/,
            'remote-setup',
            `${where} and this ssh share no algorithm.`,
            'Update the SSH server, or let it offer a current algorithm.',
        ],
        [
            /closed|reset|broken pipe|ssh_dispatch_run_fatal/i,
            'connect',
            `${where} closed the connection before the login.`,
            "Look into the SSH server's log: a firewall, fail2ban or MaxStartups may have turned this runner away.",
        ],
        [
            /No route|unreachable/i,
            'connect',
            `There is no route to ${where}.`,
            'Check the address and the network between.',
        ],
    ];
}
function unknownReason(where) {
    return [/^/, 'connect', `The connection to ${where} failed.`, 'Check host, port and the network between.'];
}
/** The last line of the log that is no debug message. */
function lastWords(log) {
    return (log
        .split('\n')
        .filter((line) => line.trim() !== '' && !/^(debug\d: |OpenSSH_)/.test(line))
        .at(-1) ?? '');
}
function hostKeyFailure(log, { login, hostKeys, offered }) {
    const seen = offered.at(-1);
    const changed = /IDENTIFICATION HAS CHANGED/.test(log);
    const expected = [
        ...hostKeys.fingerprints,
        ...hostKeys.lines.split('\n').flatMap((line) => {
            const [, type, key] = /^(?:@\S+\s+)?\S+\s+(\S+)\s+(\S+)/.exec(line.startsWith('#') ? '' : line) ?? [];
            return type && key ? [`${fingerprintOf(key)} (${type})`] : [];
        }),
    ];
    const evidence = `expected ${expected.join(', ') || 'none'}; offered ${seen === undefined ? 'unknown' : `${seen.fingerprint} (${seen.type})`}`;
    return new PushError('host-key', changed
        ? `${formatLogin(login)} shows another host key than the pinned one: it was reinstalled, or somebody is in between.`
        : `${formatLogin(login)} shows a host key that is not pinned.`, seen === undefined
        ? 'Pin the key of this host in known-hosts.'
        : `Compare ${seen.fingerprint} with \`ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub\` at the server's console, not over this network; only if it is the same, set known-hosts to: ${seen.host} ${seen.type} ${seen.key}`, { evidence });
}

;// CONCATENATED MODULE: ./build/core/diagnose.js



const every = ['hg', 'git', 'rsync'];
const host = ({ login }) => formatLogin(login);
const hungUp = /remote end hung up|unexpectedly closed|unexpected disconnect|early EOF|error in rsync protocol data stream/i;
const lineLost = /^(?:client_loop: .*|.*Broken pipe|Connection (?:to .* )?(?:closed|reset).*|Timeout, server .* not responding.*|packet_write_.*|ssh_packet_.*|mux_client_.*: (?:read|write).*|Control master terminated unexpectedly.*|kex_exchange_identification.*|ssh: connect to .*|Connection timed out.*)$/m;
/** What nologin and its like print instead of running a command. */
const turnsAway = /account is (?:currently )?not available/i;
/** The first sign that fits names the failure; the more telling stand before the more general. */
const diagnose_signs = [
    {
        of: every,
        sign: /No space left on device|Disk quota exceeded|disk full|not enough space/i,
        errorClass: 'space',
        cause: (evidence) => `The disk of ${host(evidence)} is full.`,
        next: ({ path }) => `Make room there (df -h ${path}), then run this again.`,
    },
    {
        of: ['rsync'],
        sign: /\brsync: (?:command )?not found|command not found: rsync|rsync: No such file or directory|Unknown command:? .?rsync|exec.*rsync.*No such file/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `rsync is not installed on ${host(evidence)}.`,
        next: () => 'Install rsync there.',
    },
    {
        of: ['git'],
        sign: /\bgit(?:-receive-pack)?: (?:command )?not found|command not found: git|Unknown command:? .?git/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `git is not installed on ${host(evidence)}.`,
        next: () => 'Install git there.',
    },
    {
        of: ['hg'],
        sign: /(?<![\w./-])hg: (?:command )?not found|command not found: hg|Unknown command:? .?hg/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `Mercurial is not installed on ${host(evidence)}.`,
        next: () => 'Install mercurial there.',
    },
    {
        of: ['rsync'],
        sign: /disabled on this server|rrsync error/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `The restricted rsync on ${host(evidence)} does not allow an option that this push needs.`,
        next: () => 'Set delete: false where deletions are forbidden (-no-del), or loosen rrsync in authorized_keys.',
    },
    {
        of: ['rsync'],
        sign: /mkdir: .*(?:File exists|Not a directory)|mkdir .*failed: (?:File exists|Not a directory)/,
        errorClass: 'remote-setup',
        cause: (evidence) => `${evidence.path} on ${host(evidence)} is a file, or lies below one.`,
        next: () => 'Remove the file, or choose another destination.',
    },
    {
        of: ['rsync'],
        sign: /mkdir .*failed: No such file or directory/,
        errorClass: 'remote-setup',
        cause: (evidence) => `The directory above ${evidence.path} does not exist on ${host(evidence)}, which gives no shell to make it.`,
        next: ({ path }) => `Make it there: mkdir -p ${path}`,
    },
    {
        of: every,
        // Of what nologin prints, git shows the first word.
        sign: new RegExp(`${turnsAway.source}|bad line length character: This$`, 'im'),
        errorClass: 'remote-setup',
        cause: (evidence) => `The account ${evidence.login.user} may not log in: its shell turns everybody away.`,
        next: ({ login }) => `Give it a shell, for example: chsh -s /bin/sh ${login.user}`,
    },
    {
        of: ['rsync'],
        sign: /unrecognized command|Interactive git shell/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `The account ${evidence.login.user} may only use git.`,
        next: () => 'Push by git, or use an account with a shell.',
    },
    {
        of: ['git'],
        // Without an object, git sends no pack at all, and only the other side says so.
        sign: /^fatal: (?:loose object .* is corrupt|bad (?:tree )?object|unable to read) |eof before pack header/m,
        errorClass: 'input',
        cause: () => 'Objects of the git repository are missing or damaged here.',
        next: () => 'Check it out anew, with fetch-depth: 0.',
    },
    {
        of: ['git'],
        sign: /hash algorithm|unexpected capabilities\^\{\}/,
        errorClass: 'remote-setup',
        cause: (evidence) => `The repository at ${evidence.path} on ${host(evidence)} has another object format than this one.`,
        next: () => 'Make it anew there with the --object-format of this one: sha1 or sha256.',
    },
    {
        of: ['git'],
        sign: /dubious ownership/,
        errorClass: 'remote-setup',
        cause: (evidence) => `The repository at ${evidence.path} belongs to another user than ${evidence.login.user}.`,
        next: ({ login, path }) => `Give it to the one who pushes: chown -R ${login.user} ${path}`,
    },
    {
        of: ['hg'],
        sign: /abandoned transaction|run 'hg recover'/,
        errorClass: 'remote-setup',
        cause: (evidence) => `An earlier push to ${evidence.path} was interrupted on ${host(evidence)}.`,
        next: ({ path }) => `Clean up there: hg recover -R ${path}`,
    },
    {
        of: ['hg'],
        sign: /^abort: repository requires features unknown(?![\s\S]*no suitable response)/m,
        errorClass: 'input',
        cause: () => 'The repository needs Mercurial extensions, and dotcloud-push loads none.',
        next: () => 'Set method: rsync, which sends the files.',
    },
    {
        of: ['hg'],
        sign: /timed out waiting for lock/,
        errorClass: 'transfer',
        cause: () => 'Another Mercurial is at work on the repository.',
        next: () => 'Wait until it has ended. If there is none any more, remove its lock: hg debuglocks.',
    },
    {
        of: ['hg'],
        sign: /subrepos not enabled/,
        errorClass: 'input',
        cause: () => 'The repository has subrepositories, which dotcloud-push does not push.',
        next: () => 'Set method: rsync, which sends their files.',
    },
    {
        of: every,
        sign: /Read-only file system/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `The destination on ${host(evidence)} is on a read-only file system.`,
        next: () => 'Mount it writable, or choose another destination.',
    },
    {
        of: ['rsync'],
        sign: /is your shell clean|protocol version mismatch/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `The login shell of ${host(evidence)} prints text, which rsync cannot tell from data.`,
        next: () => 'Let ~/.bashrc and the like print only in interactive shells.',
    },
    {
        of: ['git'],
        sign: /bad line length character|protocol error: bad/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `The login shell of ${host(evidence)} prints text, which git cannot tell from data.`,
        next: () => 'Let ~/.bashrc and the like print only in interactive shells.',
    },
    {
        of: ['git'],
        sign: /does not appear to be a git repository|[Nn]ot a git repository|no such repository|repository .*not found/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `There is no git repository at ${evidence.path} on ${host(evidence)}.`,
        next: ({ path }) => `Check destination, or make it there: git init --bare ${path}`,
    },
    {
        of: ['hg'],
        sign: /repository .* not found|no repository found/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `There is no Mercurial repository at ${evidence.path} on ${host(evidence)}.`,
        next: ({ path }) => `Check destination, or make it there: hg init ${path}`,
    },
    {
        of: ['git'],
        sign: /shallow update not allowed/,
        errorClass: 'transfer',
        cause: (evidence) => `${host(evidence)} refuses pushes from a shallow checkout.`,
        next: () => 'Set fetch-depth: 0 at actions/checkout, or shallow: snapshot here.',
    },
    {
        of: ['git'],
        sign: /hook declined/,
        errorClass: 'transfer',
        cause: (evidence) => `A hook on ${host(evidence)} declined the push.`,
        next: () => 'Read what the server said above.',
    },
    {
        of: ['git'],
        sign: /stale info/,
        errorClass: 'transfer',
        cause: () => 'Somebody else pushed to this branch a moment ago, so the forced push was held back.',
        next: () => 'Look at what is there now, then run this again.',
    },
    {
        of: ['git'],
        sign: /non-fast-forward|fetch first/,
        errorClass: 'transfer',
        cause: () => 'The destination has commits that this revision does not contain.',
        next: () => 'Push the branch that contains them. Where the destination may lose them, set force: true.',
    },
    {
        of: ['git'],
        sign: /branch is currently checked out|unstaged changes|Working directory has|denyCurrentBranch/,
        errorClass: 'remote-setup',
        cause: (evidence) => `The repository on ${host(evidence)} has this branch checked out and refuses to move it.`,
        next: () => 'Push to a bare repository, or set receive.denyCurrentBranch=updateInstead there and keep its files clean.',
    },
    {
        of: ['hg'],
        sign: /hook (?:failed|exited|returned)|hook .*returned/,
        errorClass: 'transfer',
        cause: (evidence) => `A hook on ${host(evidence)} declined the push.`,
        next: () => 'Read what the server said above.',
    },
    {
        of: ['git', 'hg'],
        sign: /DENIED by|[Aa]ccess denied|not authori[sz]ed|not allowed/,
        errorClass: 'remote-setup',
        cause: (evidence) => `${host(evidence)} does not let this key push there.`,
        next: () => 'Give the key write access to the repository, and check its name and the branch.',
    },
    {
        of: every,
        sign: /Operation not permitted|failed to set (?:times|permissions)|chgrp|chown/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `${evidence.login.user} may not change times or modes of files at ${evidence.path} on ${host(evidence)}.`,
        next: ({ login, path }) => `They belong to another user: chown -R ${login.user} ${path}`,
    },
    {
        of: every,
        sign: /Permission denied|insufficient permission|unable to create temporary/i,
        errorClass: 'remote-setup',
        cause: (evidence) => `${evidence.login.user} may not write to ${evidence.path} on ${host(evidence)}.`,
        next: ({ login, path }) => `Give it write access, for example: chown -R ${login.user} ${path}`,
    },
];
const rsyncCodes = {
    23: 'Some files were not transferred',
    24: 'Files vanished from the workspace while they were read',
    25: 'The limit of deletions was reached',
};
/** What each program says when it was not its counterpart that answered; then nothing was done yet. */
const strangers = {
    git: { name: 'git', sign: /Could not read from remote repository/ },
    hg: { name: 'Mercurial', sign: /no suitable response/ },
    rsync: { name: 'rsync', sign: /\(0 bytes received so far\)/ },
};
/** What an upload's failure means. Total: every code and every text has exactly one class. */
function diagnose(evidence) {
    const { method, code, said, sshLog } = evidence;
    const found = diagnose_signs.find(({ of, sign }) => of.includes(method) && sign.test(said));
    if (found !== undefined) {
        const line = said.split('\n').find((each) => found.sign.test(each)) ?? '';
        return new PushError(found.errorClass, found.cause(evidence), found.next(evidence), { evidence: line.trim() });
    }
    const lost = lineLost.exec(sshLog)?.[0];
    const end = commandEnd(sshLog);
    // A program that ended by itself over there was heard to the end, however its partner here words it.
    if (lost !== undefined || (end === 'lost' && hungUp.test(said))) {
        return new PushError('transfer', `The connection to ${host(evidence)} was lost during the push.`, 'Run this again; what has arrived is not sent twice.', { evidence: lost ?? tellingLine(said), retry: true });
    }
    const { name, sign } = strangers[method];
    if (end === 'signal') {
        return new PushError('transfer', `${name} was killed by a signal on ${host(evidence)}.`, "Look into the server's log: when memory runs out, the kernel kills.", { evidence: tellingLine(said) });
    }
    if (sign.test(said)) {
        return new PushError('remote-setup', `${host(evidence)} does not answer as ${name} does.`, `A forced command, or start-up files that print text, may be in the way of ${name} there: look at what it says.`, { evidence: tellingLine(said) });
    }
    const cause = (method === 'rsync' && rsyncCodes[code ?? -1]) || `${method} failed`;
    return new PushError('transfer', `${cause} (exit code ${code ?? 'none'}).`, 'Read what it said above.', {
        evidence: tellingLine(said),
    });
}
/** What a program adds to every failure: that there is one, and what to do in general. */
const hollow = /^(?:To |hint: |\(see |Please make sure|and the repository exists|error: failed to push|fatal: (?:Could not read from remote|the remote end hung up)|abort: no suitable response|rsync(?: error)?: .*(?:unexpectedly closed|\(code \d+\)))/i;
/** The line that tells most: the first that speaks of an error, or the last. */
function tellingLine(text) {
    const lines = text.split('\n').flatMap((line) => line.trim() || []);
    const telling = lines.filter((line) => !hollow.test(line));
    return (telling.find((line) => /\b(?:abort|denied|error|failed|fatal|rejected)\b/i.test(line)) ??
        telling.at(-1) ??
        lines.at(-1) ??
        '');
}

;// CONCATENATED MODULE: ./build/core/no-longer.js
/** Waits for an end, whatever it is, but no longer than these milliseconds. */
async function noLonger(milliseconds, end, clock) {
    const over = new AbortController();
    const ended = end.finally(() => over.abort());
    await Promise.race([ended, clock.sleep(milliseconds, over.signal)]).catch(() => undefined);
}

;// CONCATENATED MODULE: ./build/core/remote-stop.js

/**
 * Ends what a cancelled or silent command left running on the server: the sessions of this one connection are the
 * children of one server process, and a second session can find its siblings. A server without a shell or `ps` refuses;
 * then the command runs on.
 */
async function stopRemote(session, host) {
    if (!session.connection.shared())
        return;
    const script = `p=$$
while [ "$p" -gt 1 ]; do
  set -- $(ps -o ppid=,comm= -p "$p") || exit
  case $2 in *sshd*|*dropbear*) break ;; esac
  mine=$p p=$1
done
[ "$p" -gt 1 ] && ps -A -o pid=,ppid= | while read -r pid parent; do
  [ "$parent" = "$p" ] && [ "$pid" != "$mine" ] && kill -TERM "-$pid"
done
`;
    const brief = AbortSignal.timeout(2_000);
    const command = session.connection.remote('stop', 'sh -s', script);
    await host.runner.run(command, { signal: brief }).catch(() => undefined);
}
/** For what a command that was ended throws: the other side is ended too, unless it was only asked briefly. */
function orStop(session, host) {
    return async (error) => {
        if (error instanceof PushError)
            await stopRemote(session, host);
        throw error;
    };
}

;// CONCATENATED MODULE: ./build/methods/method.js




/** Runs a method's own command and keeps what ssh logged meanwhile. */
async function attempt(task, session, command, on = {}) {
    const { settings, host, step } = task;
    const start = (await session.connection.log()).length;
    host.log.command(command);
    const output = await bothHalves(host.runner.run(command, { signal: host.signal, idle: settings.idleTimeout, ...on }), on.lender, host.clock).catch(orStop(session, host));
    return {
        output,
        failure: async (said = output.stderr) => diagnose({
            method: step.workspace.method,
            login: session.login,
            path: remotePath(step.destination),
            code: output.code,
            said,
            sshLog: await session.connection.log(start),
        }),
    };
}
/** Milliseconds in which the half at the server can be expected to end when the half here has failed. */
const mostAwaited = 1_000;
/**
 * The half at the server knows of failures that the half here has not heard of; it is waited for no longer than idle.
 * When the half here failed, how the other one ended is what a diagnosis reads in ssh's log.
 */
async function bothHalves(here, there, clock) {
    const output = await here;
    if (there === undefined)
        return output;
    there.end();
    if (output.code === 0)
        return { ...output, code: (await there.done).code };
    await noLonger(mostAwaited, there.done, clock);
    return output;
}
/** Keeps the last of what was said, for a diagnosis. */
function createTail(most = 200) {
    const lines = [];
    return {
        push(line) {
            lines.push(line);
            if (lines.length > most)
                lines.shift();
        },
        text: () => lines.join('\n'),
        lines: () => lines,
    };
}
/** Names for a sentence: the first few, the rest counted. */
function listNames(names, most = 5) {
    return `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
}

;// CONCATENATED MODULE: ./build/methods/hg.js






const hg = { name: 'hg', preflight, upload, question };
/** The first version that we know to honour HGRCSKIPREPO; without it, a workspace's hgrc could run its hooks here. */
const oldest = [5, 6];
/** No configuration of anybody's: not the user's, not the system's, not the repository's. */
const isolation = { HGRCPATH: '', HGRCSKIPREPO: '1', HGPLAIN: '1', HGENCODING: 'utf-8' };
async function preflight({ step, host }) {
    await host.runner.find('hg');
    const { root } = step.workspace;
    if (await isFilled((0,external_node_path_.join)(root, '.hgsubstate')))
        throw subrepositories();
    if (await isFilled((0,external_node_path_.join)(root, '.hglf'))) {
        host.log.warning('Files of the largefiles extension are pushed as stand-ins only; set method: rsync to send them.');
    }
}
function subrepositories() {
    return new PushError('input', 'The repository has subrepositories, which dotcloud-push does not push.', 'Set method: rsync, which sends their files.');
}
async function isFilled(path) {
    return await (0,promises_namespaceObject.stat)(path).then(({ size }) => size > 0, () => false);
}
async function upload(task, session) {
    const facts = factsOf(task.step.workspace.hg);
    await Promise.all([refuseOldVersion(task, session), tellLeftBehind(task, session), session.connection.ready()]);
    return task.settings.dryRun ? await compare(task, session, facts) : await push(task, session, facts);
}
function factsOf(facts) {
    if (facts === undefined)
        throw new Error('The hg method needs a Mercurial workspace.');
    return facts;
}
async function refuseOldVersion({ host }, session) {
    const { stdout } = await host.runner.capture({
        label: 'hg version',
        file: 'hg',
        args: ['version', '--quiet'],
        cwd: session.folder,
        env: { ...session.env, ...isolation },
    });
    const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
    if (Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1]))
        return;
    throw new PushError('input', `Mercurial on this machine is ${major}.${minor}, which cannot keep a repository's hooks from running.`, `Install Mercurial ${oldest.join('.')} or newer.`);
}
/** Warns of what is in the workspace and would silently not arrive, since hg pushes changesets only. */
async function tellLeftBehind(task, session) {
    const changed = [];
    await local(task, session, ['status'], (line) => changed.push(line.slice(2)));
    if (changed.length === 0)
        return;
    task.host.log.warning(`hg pushes changesets only; not committed, so not pushed: ${listNames(changed)}. Commit them, or set method: rsync.`);
}
/** `hg push -f` as dotCloud did, of what is checked out. It exits with 1 when there is nothing to push. */
async function push(task, session, { node }) {
    const said = createTail();
    const sent = [];
    let listing = false;
    let nothing = '';
    const { output, failure } = await attempt(task, session, 
    // With --debug it lists the changesets that it sends; nothing else tells what the server did not have.
    command(task, session, 'hg push', [
        'push',
        '--force',
        '--debug',
        '--config',
        'subrepos.allowed=no',
        // Seconds to wait for another hg in the workspace; by default it would outlast every idle-timeout.
        '--config',
        'ui.timeout=15',
        '--ssh',
        'dotcloud-ssh',
        '--rev',
        node,
        '--',
        url(task),
    ]), {
        stdout(line) {
            if (listing && /^[0-9a-f]{40}$/.test(line))
                sent.push(line);
            else
                listing = line === 'list of changesets:';
            if (line.startsWith(nothingFound))
                nothing = line;
            const remote = /^remote: (.*)$/.exec(line)?.[1];
            if (remote === undefined || /^(\d+|capabilities: .*)$/.test(remote))
                return;
            said.push(remote);
            task.host.log.remote(remote);
        },
        stderr(line) {
            said.push(line);
            const remote = /^remote: (.*)$/.exec(line)?.[1];
            if (remote !== undefined)
                task.host.log.remote(remote);
        },
    });
    if (output.code === 1 && isThere(nothing)) {
        return { result: 'unchanged', revision: node, previousRevision: node, changes: [] };
    }
    if (output.code !== 0)
        throw await failure(said.text());
    const brought = await changesSince(task, session, sent, node);
    return { result: 'deployed', revision: node, said: said.lines().slice(-mostKept), ...brought };
}
/** What hg says when it has nothing to send, and behind it what it held back. */
const nothingFound = 'no changes found';
/** Whether there is nothing to send since all of it is there. @throws PushError when it was held back as a secret */
function isThere(nothing) {
    if (!nothing.includes('secret'))
        return nothing !== '';
    throw new PushError('input', 'The changeset that is checked out is secret, and Mercurial sends no secrets.', 'Make it a draft: hg phase --draft --rev .', { evidence: nothing });
}
/** What a push would send, asked by `hg outgoing`: exit 1 when nothing. */
async function compare(task, session, { node }) {
    const args = [
        'outgoing',
        '--force',
        '--ssh',
        'dotcloud-ssh',
        '--rev',
        node,
        '--template',
        '{node}\\n',
        '--',
        url(task),
    ];
    const { output, failure } = await attempt(task, session, command(task, session, 'hg outgoing', args));
    const lines = output.stdout.split('\n');
    if (output.code === 1 && isThere(lines.find((line) => line.startsWith(nothingFound)) ?? '')) {
        return { result: 'planned', revision: node, previousRevision: node, changes: [] };
    }
    if (output.code !== 0)
        throw await failure(`${output.stdout}\n${output.stderr}`);
    const outgoing = lines.filter((line) => /^[0-9a-f]{40}$/.test(line));
    const brought = await changesSince(task, session, outgoing, node);
    const bytesToSend = await bundleSize(task, session, brought.previousRevision, node);
    return { result: 'planned', revision: node, ...brought, ...(bytesToSend === undefined ? {} : { bytesToSend }) };
}
/** The size of the bundle that a push would send. What the server has beside the earlier revision is counted too. */
async function bundleSize(task, session, previous, node) {
    const file = (0,external_node_path_.join)(session.folder, 'bundle');
    const args = ['bundle', '--quiet', '--type', 'none-v2', '--base', previous || 'null', '--rev', node, file];
    const { code } = await local(task, session, args);
    if (code !== 0)
        return undefined;
    const { size } = await (0,promises_namespaceObject.stat)(file);
    await (0,promises_namespaceObject.rm)(file);
    return size;
}
/** `hg identify` of the other side, over its own protocol. */
async function question(task, session) {
    const args = ['identify', '--id', '--ssh', 'dotcloud-ssh', '--', url(task)];
    const { output, failure } = await attempt(task, session, command(task, session, 'hg identify', args));
    if (output.code !== 0)
        throw await failure(`${output.stdout}\n${output.stderr}`);
    const tip = /^[0-9a-f]{12}/m.exec(output.stdout)?.[0] ?? '';
    return /^0*$/.test(tip) ? 'an empty Mercurial repository' : `a Mercurial repository, whose tip is ${tip}`;
}
/** The revision before the first changeset that was sent, and what the files differ in since. */
async function changesSince(task, session, sent, node) {
    const [first] = sent;
    if (first === undefined || !/^[0-9a-f]{40}$/.test(first))
        return { previousRevision: '', changes: [] };
    const changes = [];
    const [{ stdout }] = await Promise.all([
        local(task, session, [
            'log',
            '--rev',
            `${first} + last(only(${node}, p1(${first})), ${model_mostListed})`,
            '--template',
            '{node} {p1node} {desc|firstline}\\n',
        ]),
        local(task, session, ['status', '--rev', `last(null + p1(${first}))`, '--rev', node], (line) => {
            const [, status = '', path] = /^([MAR]) (.*)$/s.exec(line) ?? [];
            if (path)
                changes.push({ kind: status === 'A' ? 'added' : status === 'R' ? 'deleted' : 'changed', path });
        }),
    ]);
    const logged = stdout.split('\n').flatMap((line) => {
        const [, id, parent = '', subject = ''] = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.*)$/.exec(line) ?? [];
        return id === undefined ? [] : [{ id, parent: parent.replace(/^0+$/, ''), subject }];
    });
    const arrived = new Set(sent);
    const commits = logged.flatMap(({ id, subject }) => (arrived.has(id) ? [{ id, subject }] : [])).reverse();
    return {
        previousRevision: logged[0]?.parent ?? '',
        changes,
        commits: commits.slice(0, model_mostListed),
        commitCount: arrived.size,
    };
}
function command(task, session, label, args) {
    return { label, file: 'hg', args, cwd: task.step.workspace.root, env: { ...session.env, ...isolation } };
}
async function local(task, session, args, stdout) {
    const { host } = task;
    const watch = { signal: host.signal, ...(stdout === undefined ? {} : { stdout }) };
    return await host.runner.run(command(task, session, `hg ${args[0]}`, args), watch);
}
/** Mercurial's URL: one slash leads into the remote home, two to the root. */
function url({ step: { destination } }) {
    const path = remotePath(destination).split('/').map(encodeURIComponent).join('/');
    return `ssh://${loginWord(destination, true)}/${path}`;
}

;// CONCATENATED MODULE: ./build/core/guards.js

/** Directories of the system that no mirror may ever take over. */
const systemDirectories = [
    ...'bin boot dev etc home lib lib32 lib64 lost+found media mnt opt proc root run sbin snap srv sys tmp usr var'.split(' '),
    ...'Applications Library Network System Users Volumes cores private'.split(' '),
].map((name) => `/${name}`);
/** Nothing below these is anybody's to deploy to. */
const systemTrees = /^\/(?:bin|boot|lib\w*|proc|sbin|sys)\//;
/** Below these, a name is somebody's home or a part of the system. */
const parentsOfHomes = ['/home', '/Users', '/usr', '/private'];
const systemParts = 'backups cache db lib local lock log mail root run spool tmp'
    .split(' ')
    .map((name) => `/var/${name}`);
/**
 * Refuses a directory that a mirror would wreck. `path` is absolute; asked with the path as it was written and again,
 * where the server gives a shell, with what it resolves to there.
 * @throws PushError `unsafe`
 */
function guardMirror(path, home) {
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    const what = path === '/' || path === ''
        ? 'the root of the file system'
        : home !== undefined && (path === home || `${home}/`.startsWith(`${path}/`))
            ? 'a home directory, or holds it'
            : systemDirectories.includes(path) ||
                systemTrees.test(path) ||
                systemParts.includes(path) ||
                parentsOfHomes.includes(parent)
                ? 'a directory of the system'
                : undefined;
    if (what === undefined)
        return;
    throw new PushError('unsafe', `The destination is ${what}, and a mirror deletes what it does not know.`, 'Name a directory that is for this application alone.', {
        evidence: path,
    });
}
/** @throws PushError `unsafe` when a mirror of nothing would empty the destination */
function guardEmpty(files, mirror) {
    if (files > 0 || !mirror)
        return;
    throw new PushError('unsafe', 'There is nothing to push: a mirror of it would empty the destination.', 'Check source, excludes and the build step before this one.');
}
/**
 * Refuses to delete more than the limit allows.
 * @param kept files at the destination that stay
 * @throws PushError `unsafe`
 */
function guardDeletions(deleted, kept, limit) {
    const there = deleted.length + kept;
    const most = 'count' in limit ? limit.count : (there * limit.percent) / 100;
    if (deleted.length <= most)
        return;
    const written = 'count' in limit ? String(limit.count) : `${limit.percent}%`;
    throw new PushError('unsafe', `The push would delete ${deleted.length} of ${there} files at the destination, and max-delete is ${written}.`, 'If that is meant, raise max-delete for one run; if not, check source and excludes.', { evidence: `${deleted.slice(0, 5).join(', ')}${deleted.length > 5 ? ', …' : ''}` });
}
/** @throws PushError `unsafe` when a mirror would take over files that it did not put there */
function guardForeign(state, adopt, path) {
    if (!state.filled || state.ours || adopt)
        return;
    throw new PushError('unsafe', `${path} holds files that dotcloud-push did not put there, and a mirror deletes what it does not know.`, 'Look at them; then set adopt: true for one run, or delete: false to leave them alone.');
}

;// CONCATENATED MODULE: external "node:stream"
const external_node_stream_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");
;// CONCATENATED MODULE: external "node:stream/consumers"
const consumers_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream/consumers");
;// CONCATENATED MODULE: external "node:zlib"
const external_node_zlib_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:zlib");
;// CONCATENATED MODULE: ./build/methods/rsync-output.js
/**
 * How rsync is asked to itemize: what is done, permissions, size, content's checksum (with --checksum), and after a bar
 * the name and a link's target. In the C locale every byte of a name beyond printable ASCII comes as `\#ooo`, so no name
 * is lost and none can forge a line.
 */
const itemFormat = '%i %B %l %C|%n%L';
const types = { f: 'file', d: 'directory', L: 'link' };
/**
 * An itemized line, or undefined for any other line. A difference in time alone is no change: a checkout in CI gives
 * every file a new one. (The eleven characters are explained in rsync(1) at --itemize-changes.)
 */
function parseItem(line) {
    const match = /^(\*deleting {2}|[<>ch.][fdLDS][.+ ?a-zA-Z]{9}) (\S{9}) (\d+) ([0-9a-f]*) *\|(.+)$/.exec(line);
    if (match === null)
        return undefined;
    const [, action = '', mode = '', size, checksum = '', text = ''] = match;
    if (action.startsWith('*'))
        return { kind: 'deleted', type: typeOfDeleted(text), name: trimSlash(text), mode, size: 0, content: '' };
    const type = types[action.charAt(1)] ?? 'other';
    const attributes = action.slice(2);
    const differs = !/^[.h]/.test(action) || /[^.tT ]/.test(attributes);
    const kind = attributes.startsWith('+') ? 'added' : differs ? 'changed' : 'same';
    const arrow = type === 'link' ? text.indexOf(' -> ') : -1;
    return {
        kind,
        type,
        name: trimSlash(arrow < 0 ? text : text.slice(0, arrow)),
        mode,
        size: Number(size),
        content: arrow < 0 ? checksum : text.slice(arrow + 4),
    };
}
function typeOfDeleted(text) {
    return text.endsWith('/') ? 'directory' : 'file';
}
function trimSlash(name) {
    return name.length > 1 && name.endsWith('/') ? name.slice(0, -1) : name;
}
/** The bytes of a name that rsync escaped. */
function unescapeName(name) {
    if (!name.includes('\\#'))
        return Buffer.from(name);
    const parts = name.split(/\\#([0-7]{3})/);
    return Buffer.concat(parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.from([Number.parseInt(part, 8)]))));
}
/** A name as people read it. */
function shownName(name) {
    return name.includes('\\#') ? unescapeName(name).toString('utf8') : name;
}
/** A change for the report: the name as people read it, a slash behind a directory's. */
function asChange({ kind, type, name, size }) {
    const path = `${shownName(name)}${type === 'directory' ? '/' : ''}`;
    return { kind: kind === 'same' ? 'changed' : kind, path, ...(type === 'file' && kind !== 'deleted' ? { size } : {}) };
}
/** What rsync says of files that it leaves behind, among the lines of a local listing. */
function parseLeftOut(line) {
    const hidden = /^\[sender\] hiding (?:file|directory) (.+) because of pattern /.exec(line)?.[1];
    if (hidden !== undefined)
        return { path: unescapeName(hidden).toString('utf8'), link: false };
    const link = /^ignoring unsafe symlink "(.+)" -> ".*"$/.exec(line)?.[1];
    return link === undefined ? undefined : { path: unescapeName(link).toString('utf8'), link: true };
}
/** A line of --info=progress2: bytes, percent, rate, time left. */
function parseProgress(line) {
    const match = /^ *([\d,.]+[KMGT]?) +(\d{1,3})% +(\S+) +(\d+:\d\d:\d\d)/.exec(line);
    if (match === null)
        return undefined;
    const [, bytes, percent, rate, left] = match;
    return { percent: Number(percent), detail: `${bytes} bytes, ${rate}, ${left} left` };
}

;// CONCATENATED MODULE: ./build/methods/manifest.js


/** Checksums are cut to 64 bits: enough to tell files apart, and half the bytes on the wire. */
const checksumDigits = 16;
/** A file's mode, checksum and size; or `d` and a directory's mode, `l` and a link's target, `o` for anything else. */
function lineOf({ type, mode, content, size }) {
    if (type === 'directory')
        return `d ${mode}`;
    if (type !== 'file')
        return type === 'link' ? `l ${content}` : 'o';
    // Joined, it is one piece of memory, which counts where there are many.
    return [mode, content.slice(0, checksumDigits), size].join(' ');
}
/** Whether rsync's words for an item can be read in one way only. */
function isClear({ type, content }) {
    return type !== 'other' && !(type === 'link' && content.includes(' -> '));
}
const isDirectory = (line) => line?.startsWith('d ') ?? false;
/** How many are no directories. */
function countFiles(manifest) {
    let files = 0;
    for (const line of manifest.values())
        if (!isDirectory(line))
            files++;
    return files;
}
/** A change for the report. */
function changeOf(kind, name, line) {
    const path = shownName(name);
    if (isDirectory(line))
        return { kind, path: `${path}/` };
    const size = /^[rwxsStT-]{9} [0-9a-f]* (\d+)$/.exec(line)?.[1];
    return { kind, path, ...(size === undefined ? {} : { size: Number(size) }) };
}
/** Hexadecimal digits of a share's checksum: it need not be certain, since the digest has the last word. */
const sumDigits = 6;
/** How many shares: a changed name then costs the telling of some sixteen, or of more in very large trees. */
function countShares({ size }) {
    return 2 ** Math.min(10, Math.max(4, Math.ceil(Math.log2(Math.max(size, 1) / 16))));
}
/** The share of a name: the FNV-1a hash, which is quick and even. */
function shareOf(name, count) {
    let hash = 0x811c9dc5;
    for (let index = 0; index < name.length; index++)
        hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
    return (hash ^ (hash >>> 15)) & (count - 1);
}
function sumUp(manifest) {
    const count = countShares(manifest);
    const shares = Array.from({ length: count }, () => []);
    for (const name of manifest.keys())
        shares[shareOf(name, count)]?.push(name);
    const hashes = shares.map((names) => {
        const lines = names.sort().map((name) => `${name}\t${manifest.get(name)}\n`);
        return (0,external_node_crypto_namespaceObject.createHash)('sha256').update(lines.join('')).digest('hex');
    });
    const digest = (0,external_node_crypto_namespaceObject.createHash)('sha256').update(hashes.join()).digest('hex');
    return { digest, shares: hashes.map((hash) => hash.slice(0, sumDigits)).join('') };
}
function manifest_compare(before, after) {
    const added = [];
    const changed = [];
    let risky = false;
    for (const [name, line] of after) {
        const old = before.get(name);
        if (old === undefined)
            added.push(name);
        else if (old !== line) {
            changed.push(name);
            if (isDirectory(old) && !isDirectory(line))
                risky = true;
        }
    }
    const gone = [...before].filter(([name]) => !after.has(name));
    return {
        added,
        changed,
        removed: gone.flatMap(([name, line]) => (isDirectory(line) ? [] : [name])),
        // The deepest first, so that each is empty when its turn comes.
        removedDirectories: gone
            .flatMap(([name, line]) => (isDirectory(line) ? [name] : []))
            .sort()
            .reverse(),
        risky,
    };
}
/** How many lines of a journal are written at a time. */
const linesAtOnce = 1_000;
/** The journal that makes an empty manifest into this one, in parts. Each line begins with the number of its name's share. */
function* wholeJournal(manifest) {
    const count = countShares(manifest);
    let lines = [];
    for (const [name, line] of manifest) {
        lines.push(`${shareOf(name, count)} +${line}\t${name}\n`);
        if (lines.length < linesAtOnce)
            continue;
        yield lines.join('');
        lines = [];
    }
    yield lines.join('');
}
/** The journal that carries a difference on. */
function journalOf({ added, changed, removed, removedDirectories }, after) {
    const count = countShares(after);
    const set = [...added, ...changed].map((name) => `${shareOf(name, count)} +${after.get(name)}\t${name}\n`);
    const drop = [...removed, ...removedDirectories].map((name) => `${shareOf(name, count)} -${name}\n`);
    return [...drop, ...set].join('');
}
/** Whether a journal can be carried on from one manifest to another: their names have the same shares. */
function haveSameShares(before, after) {
    return countShares(before) === countShares(after);
}
/**
 * The manifest that the server has, and how long its journal is.
 * @param told the numbers of the shares in which it differs from ours, or `all`; these shares' part of the journal; and
 *   `length` and a number
 */
function replay(told, ours) {
    const count = countShares(ours);
    const steps = told.split('\n');
    const differ = new Set(steps.filter((step) => /^(?:\d+|all)$/.test(step)));
    const same = differ.has('all') ? [] : [...ours].filter(([name]) => !differ.has(String(shareOf(name, count))));
    const lines = new Map(same);
    let length = 0;
    for (const step of steps) {
        const [, dropped, set, name] = /^\d+ (?:-(.*)|\+([^\t]*)\t(.*))$/s.exec(step) ?? [];
        if (dropped !== undefined)
            lines.delete(dropped);
        else if (set !== undefined && name !== undefined)
            lines.set(name, set);
        else if (step.startsWith('length '))
            length = Number(step.slice(7));
    }
    return { manifest: lines, length };
}

;// CONCATENATED MODULE: ./build/core/quote.js
/**
 * A word as a shell reads it back unchanged: any POSIX shell, fish, and csh, which takes `!` for history even in quotes.
 * Words of plain characters stay bare, so that a forced command sees `deploy app.default`, without quotes.
 */
function quote(word) {
    return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll(/['!]/g, "'\\$&'")}'`;
}
/** A command line for reading and pasting. */
function quoteAll(words) {
    return words.map(quote).join(' ');
}

;// CONCATENATED MODULE: ./build/methods/memory.js






function memoryFor({ destination }, settings, rules, version, manifest) {
    const hash = (text) => (0,external_node_crypto_namespaceObject.createHash)('sha256').update(text).digest('hex').slice(0, 32);
    const prune = pruneExpression(rules, settings.includes, manifest);
    return {
        id: hash(formatDestination(destination)).slice(0, 16),
        key: hash(JSON.stringify([3, version, settings.delete, rules, prune])),
        path: remotePath(destination),
        prune,
    };
}
/**
 * The part of the filter that `find` can express: names at any depth, and paths from the top without wildcards. What
 * it cannot express is looked at although it is no business of ours, and costs a full comparison when it changes.
 */
function pruneExpression(rules, includes, manifest) {
    const tests = rules.split('\n').flatMap((rule) => {
        const [, kind, pattern = '', slash] = /^([-P]) (.+?)(\/?)$/.exec(rule) ?? [];
        const lifted = includes.length > 0 && builtInExcludes.some((known) => known === pattern);
        // What is protected may still be ours, where the source has it too.
        const shared = kind === 'P' && (/[*?[\\/]/.test(pattern) || hasName(manifest, pattern));
        const test = lifted || shared ? undefined : findTest(pattern);
        return test === undefined ? [] : [slash === '' ? test : `-type d ${test}`];
    });
    if (tests.length === 0 || tests.length > 500)
        return '';
    // Most names that are excluded begin with a dot, and few others do: one look at a name spares it the rest of them.
    const dotted = tests.filter((test) => /^-name '?\./.test(test));
    const others = tests.filter((test) => !dotted.includes(test));
    const alternatives = dotted.length < 2 ? tests : [`-name '.*' ${either(dotted)}`, ...others];
    return `! -name . ${either(alternatives)} -prune -o`;
}
const either = (tests) => `\\( ${tests.join(' -o ')} \\)`;
function findTest(pattern) {
    if (/^[^/\\]+$/.test(pattern) && !pattern.includes('**'))
        return `-name ${quote(pattern)}`;
    return /^\/[^*?[\\]+$/.test(pattern) ? `-path ${quote(`.${pattern}`)}` : undefined;
}
function hasName(manifest, name) {
    return [...manifest.keys()].some((path) => path.split('/').includes(name));
}
/**
 * A script that prints a checksum of the names and of the directories' modes below the current directory. Given a file,
 * names whose status changed after it (content, mode, owner; also when their time was set back) count twice, which is to
 * say that the checksum differs. BusyBox cannot compare these times, so there they are in the checksum themselves; and it
 * forgets an `-exec … +` between parentheses.
 */
function seeScript({ prune }) {
    return `if find . -prune -cnewer . >/dev/null 2>&1; then set -- \${1:+-cnewer "$1" -print}; else set -- -exec stat -c '%z %n' {} +; fi
{ pwd -P; ls -di .; find . ${prune} -print -type d -exec ls -ld {} + -o ! -type d "$@"
} | sed 's/^\\(d[rwxsStT-]*\\)[^/]* \\./\\1 ./' | sort | cksum
`;
}
/**
 * A script that prints, given our sums, the numbers of the shares whose sums here differ, or `all` when there are more or
 * fewer of them; the journal's lines of these shares; and the journal's length.
 */
const pickScript = `cd -- "\${0%/*}" && LC_ALL=C awk -v theirs="$1" -v ours="$(cat sums)" '
BEGIN {
  if (all = length(ours) != length(theirs)) print "all"
  for (share = 0; !all && share * ${sumDigits} < length(ours); share++)
    if (substr(ours, share * ${sumDigits} + 1, ${sumDigits}) != substr(theirs, share * ${sumDigits} + 1, ${sumDigits})) {
      differs[share]
      print share
    }
}
all || $1 in differs
END { print "length", NR }' journal
`;
const folderOf = ({ id }) => `"$HOME"/.dotcloud-push/${id}`;
/** For --rsync-path: makes the destination ours and the state void, in the session in which rsync runs; any login shell. */
function preparation(memory) {
    const script = 'mkdir -p -- "$1" && mkdir -p -- "$2" && cd -- "$1" && pwd -P >"$2/ours" && rm -f -- "$2/state"';
    return `sh -c '${script}' - ${quote(memory.path)} ${folderOf(memory)} && rsync`;
}
/** The end of what is no script: a word that nobody can have written into it. */
const mark = `end-${(0,external_node_crypto_namespaceObject.randomBytes)(8).toString('hex')}`;
/**
 * The first part of the script that ends a push. It takes the journal there and can run while the files are sent: the
 * shell only holds it, so that a push that fails leaves nothing.
 */
function* draftScript(journal) {
    yield `journal=$(cat <<'${mark}'\n`;
    yield* journal;
    yield `${mark}\n)\n`;
}
/**
 * Its second part: removes what the source no longer has, notes what was pushed, and looks at what is there. It exits
 * with 1 when something could not be removed, and with 2 when only the memory failed.
 */
function endingScript(memory, { revision, removed, removedDirectories, sums, rewrite }) {
    const remove = (names, command, otherwise) => names.length === 0
        ? []
        : [`tr '\\n' '\\0' <<'${mark}' | xargs -0 ${command} -- || ${otherwise}\n`, ...lines(names), `${mark}\n`];
    const parts = [
        `umask 077\nLC_ALL=C\nexport LC_ALL\nm=${folderOf(memory)}\n`,
        'mkdir -p -- "$m" && chmod 700 "$HOME/.dotcloud-push" && ',
        `rm -f -- "$m/state" && cd -- ${quote(memory.path)} && pwd -P >"$m/ours" || exit 1\nsure=yes\n`,
        ...remove(removed, 'rm -f', 'exit 1'),
        // One that is not empty keeps what was excluded, as it does under rsync; then rsync shall look at it next time.
        ...remove(removedDirectories, 'rmdir 2>/dev/null', 'sure=no'),
        `: >"$m/mark" && printf '%s\\n' ${quote(revision)} >"$m/revision" || exit 2\n`,
        ...(sums === undefined ? [] : [look(memory, sums, rewrite)]),
    ];
    return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
function look(memory, { digest, shares }, rewrite) {
    return `cat >"$m/see" <<'${mark}' &&
${seeScript(memory)}${mark}
cat >"$m/pick" <<'${mark}' &&
${pickScript}${mark}
printf '%s\\n' "$journal" ${rewrite ? '>' : '>>'}"$m/journal" && printf '%s\\n' ${shares} >"$m/sums" &&
seen=$(sh "$m/see") && printf '%s\\n' "${memory.key} ${digest} $seen" >"$m/new" || exit 2
`;
}
/** Its last part, when it is certain that what was sent is what was listed. */
const confirmation = '[ $sure = yes ] && mv -f -- "$m/new" "$m/state" || exit 2\n';
function lines(names) {
    return names.flatMap((name) => [unescapeName(name), Buffer.from('\n')]);
}

;// CONCATENATED MODULE: ./build/methods/conclusion.js










/** Packs a script that is made bit by bit. */
const pack = (parts) => (0,consumers_namespaceObject.buffer)(external_node_stream_namespaceObject.Readable.from(parts).pipe((0,external_node_zlib_namespaceObject.createGzip)()));
/** Milliseconds by which rsync starts before what is not urgent. */
const precedence = 10;
/** Opens its session while the files are sent and takes the journal there, so that neither is waited for then. */
function openConclusion(task, session, listing, { difference, carryOn }) {
    const { host, settings } = task;
    const { entries, sums, memory } = listing;
    const { connection } = session;
    const script = ['conclusion', 'gzip -dc | sh'];
    const rewrite = difference === undefined || carryOn !== true;
    const journal = () => (sums === undefined ? [] : rewrite ? wholeJournal(entries) : [journalOf(difference, entries)]);
    const open = async (command) => {
        const running = host.runner.start(command, { signal: host.signal, idle: settings.idleTimeout });
        running.pause();
        running.write(await pack(draftScript(journal())));
        return running;
    };
    // The line may be lost at any moment, and then the next attempt is the one to log in.
    const opened = host.clock.sleep(precedence, host.signal).then(() => open(connection.sharing(...script)));
    opened.catch(() => undefined);
    const gone = settings.delete ? difference : undefined;
    return {
        async finish(revision) {
            const { removed = [], removedDirectories = [] } = gone ?? {};
            const ending = endingScript(memory, { revision, removed, removedDirectories, sums, rewrite });
            const certain = sums !== undefined && isSettled(task, listing, difference);
            const conclude = async (running) => {
                running.end(await pack(certain ? [ending, confirmation] : [ending]));
                return await running.done.catch(orStop(session, host));
            };
            const early = await conclude(await opened);
            // Where one session at a time is allowed, rsync had it.
            const refused = early.code === 255 && connection.shared();
            const { code, stderr } = refused ? await conclude(await open(connection.remote(...script))) : early;
            if (code === 0)
                return;
            const evidence = stderr.trim().split('\n')[0] ?? '';
            if (code === 2 || removed.length === 0)
                return host.log.debug(`The server did not remember the push: ${evidence}`);
            throw new PushError('transfer', `The new files are on ${formatLogin(session.login)}, but the old ones could not be removed.`, 'Run this again: it compares everything anew.', { evidence });
        },
        async close() {
            const running = await opened.catch(() => undefined);
            await running?.stop();
        },
    };
}
/** Whether what was sent is what was listed: nothing that was sent has changed since the listing began. */
function isSettled(task, { entries, since }, difference) {
    const { root } = task.step.workspace;
    const names = difference === undefined ? entries.keys() : [...difference.added, ...difference.changed];
    return [...names].every((name) => {
        const found = (0,external_node_fs_.lstatSync)(pathOf(root, name), { throwIfNoEntry: false });
        return found !== undefined && (found.isDirectory() || found.ctimeMs < since);
    });
}
/** The path of a name that rsync escaped; bytes only where there must be, since these take their time. */
function pathOf(root, name) {
    return name.includes('\\#') ? Buffer.concat([Buffer.from(`${root}/`), unescapeName(name)]) : `${root}/${name}`;
}

;// CONCATENATED MODULE: ./build/methods/rsync-filter.js





/**
 * The rules of one rsync, as a merge file. Every exclude is written as `- PATTERN`, so that none can turn into a rule of
 * another kind: `!` would clear all rules before it, `+ .env` would send a secret. The first rule that fits decides.
 */
function filterRules({ includes, protect }, excludes) {
    const rules = [
        // A protected directory keeps what is in it, even where the source has the directory too.
        ...protect.flatMap((pattern) => [`P ${pattern}`, ...(pattern.endsWith('/') ? [`P ${pattern}**`] : [])]),
        ...excludes.map((pattern) => `- ${pattern}`),
        ...includes.map((name) => `+ ${name}`),
        ...builtInExcludes.map((pattern) => `- ${pattern}`),
    ];
    return rules.map((rule) => `${rule}\n`).join('');
}
/** The patterns of `.dotcloudignore`, which dotCloud's client read as rsync's exclude file. */
async function readIgnoreFile({ root, isFile }) {
    const path = (0,external_node_path_.join)(root, '.dotcloudignore');
    const content = isFile ? undefined : await readPlain(path, 16 << 20);
    if (!isFile && content === undefined && (await exists(path))) {
        throw new PushError('input', '.dotcloudignore is no plain file of at most 16 MiB, so what it would leave out is not known.', 'Replace it by a plain file, or remove it.');
    }
    return parseLines(content?.toString('utf8') ?? '')
        .filter((line) => !/^[#;]/.test(line))
        .map((line) => line.replace(/^- +/, ''))
        .filter((line) => !/[\u0000-\u001f\u007f]/.test(line));
}
/**
 * Refuses a source inside of what a mirror leaves out: its files have no names by which they would be left out.
 * @throws PushError `unsafe`
 */
async function guardSource({ root }, workspace) {
    const hidden = builtInExcludes.filter((pattern) => pattern.startsWith('.'));
    const way = (0,external_node_path_.relative)(await (0,promises_namespaceObject.realpath)(workspace), root).split(external_node_path_.sep);
    const name = way.find((each) => hidden.some((pattern) => matchesName(pattern, each)));
    if (name === undefined)
        return;
    throw new PushError('unsafe', `The source lies in ${name}, which is never sent.`, 'Name another directory.');
}
/**
 * Refuses to send a git directory with a token in it, as actions/checkout leaves one there.
 * @param names of the files that would be sent
 * @throws PushError `unsafe`
 */
async function guardTokens({ root }, names) {
    for (const name of names.filter((each) => /(?:^|\/)\.git\/(?:.*\/)?config$/.test(each))) {
        const config = await readPlain((0,external_node_path_.join)(root, name));
        if (!/extraheader|authorization:|:\/\/[^/\s]*@/i.test(config?.toString('utf8') ?? ''))
            continue;
        throw new PushError('unsafe', 'includes has .git, and .git/config holds a token.', 'Set persist-credentials: false at actions/checkout, or leave .git out.', { evidence: name });
    }
}

;// CONCATENATED MODULE: ./build/methods/rsync-listing.js








/** The original's meaning (-lpt -z --safe-links; -r where it is no list), without owner, group, devices or setuid bits. */
const transferFlags = ['-lptz', '--safe-links', '--chmod=ug-s'];
/** Makes rsync tell each item. */
const itemize = `--out-format=${itemFormat}`;
const versions = new WeakMap();
/** The first line of this machine's `rsync --version`, asked once. */
function versionHere({ runner }) {
    const asked = versions.get(runner) ??
        runner
            .capture({ label: 'rsync version', file: 'rsync', args: ['--version'] })
            .then(({ stdout }) => stdout.split('\n')[0] ?? '');
    versions.set(runner, asked);
    return asked;
}
/** What rsync would send, by its own rules, into a directory with nothing in it. */
async function rsync_listing_list(task, session) {
    const { host, settings, step } = task;
    const { workspace } = step;
    const rules = filterRules(settings, [...(await readIgnoreFile(workspace)), ...step.excludes]);
    const filter = await session.file('filter', rules);
    const since = (await (0,promises_namespaceObject.stat)(filter)).mtimeMs;
    const nothing = await (0,promises_namespaceObject.mkdtemp)((0,external_node_path_.join)(session.folder, 'empty-'));
    const entries = new Map();
    let clear = !workspace.isFile;
    const leftOut = [];
    const links = [];
    const [version, { code, stderr }] = await Promise.all([
        versionHere(host),
        host.runner.run({
            label: 'rsync --dry-run',
            file: 'rsync',
            args: [
                '-r',
                ...transferFlags,
                itemize,
                '--checksum',
                '--dry-run',
                '-v',
                '--debug=filter1',
                `--filter=merge ${filter}`,
                '--',
                sourceOf(task),
                `${nothing}/`,
            ],
            env: session.env,
        }, {
            signal: host.signal,
            stdout(line) {
                const item = parseItem(line);
                if (item !== undefined && item.name !== '.') {
                    entries.set(item.name, lineOf(item));
                    clear &&= isClear(item);
                }
                const left = item === undefined ? parseLeftOut(line) : undefined;
                if (left !== undefined)
                    (left.link ? links : leftOut).push(left.path);
            },
        }),
    ]);
    if (code !== 0) {
        throw new PushError('input', 'rsync cannot read the workspace.', 'Check the permissions and the patterns of excludes.', {
            evidence: stderr.trim().split('\n')[0] ?? '',
        });
    }
    tellLeftOut(task, leftOut, links);
    // A link that is not sent still keeps rsync from deleting its name at the destination: no manifest can say that.
    const certain = clear && links.length === 0;
    return {
        filter,
        since,
        entries,
        files: countFiles(entries),
        sums: certain ? sumUp(entries) : undefined,
        memory: memoryFor(step, settings, rules, version, certain ? entries : new Map()),
    };
}
function tellLeftOut({ host }, leftOut, links) {
    if (leftOut.length > 0)
        host.log.info(`Left out by the excludes: ${listNames(leftOut, 8)}`);
    if (links.length > 0)
        host.log.warning(`Symbolic links that lead out of the source are not sent: ${listNames(links, 8)}`);
}
function sourceOf({ step: { workspace } }) {
    return workspace.isFile ? workspace.root : `${workspace.root}/`;
}

;// CONCATENATED MODULE: ./build/core/ssh-files.js


/** The names in the session's folder. ssh runs in that folder, so they need no path, no quoting, and fit a socket. */
const fileNames = {
    key: 'key',
    passphrase: 'passphrase',
    askpass: './askpass',
    knownHosts: 'known_hosts',
    config: 'ssh_config',
    log: 'ssh.log',
    offered: 'offered_keys',
    pin: 'pinned-host-key',
    keeper: 'keep-connection',
    socket: 'c',
    /** The wrapper: what git, hg and rsync call instead of ssh. The session's folder is first in their PATH. */
    wrapper: 'dotcloud-ssh',
    /** What rsync calls instead of it when a shell is open at the server. */
    relay: 'dotcloud-shell',
};
/** How the bastion is called in the configuration; no host can be called so. */
const jumpAlias = 'dotcloud-push..jump';
/** Seconds between two questions to a silent server whether it still lives. */
const aliveInterval = 15;
function block(pattern, entries) {
    return [`Host ${pattern}`, ...entries.map(([name, value]) => `  ${name} ${value}`), ''].join('\n');
}
function address({ user, host, port }) {
    return [
        ['HostName', host],
        ['User', user],
        ['Port', port],
    ];
}
/** The whole of ssh's configuration: with `-F`, neither the user's nor the system's is read. */
function sshConfig(options) {
    const { login, jump, hostKeys, folder, multiplex } = options;
    const always = block('*', [
        ['IdentityFile', fileNames.key],
        ['IdentitiesOnly', 'yes'],
        ['IdentityAgent', 'none'],
        ['AddKeysToAgent', 'no'],
        ['PreferredAuthentications', 'publickey'],
        ['PasswordAuthentication', 'no'],
        ['KbdInteractiveAuthentication', 'no'],
        ['NumberOfPasswordPrompts', 1],
        // Batch mode would also forbid to ask our own askpass for the key's passphrase.
        ['BatchMode', options.encryptedKey ? 'no' : 'yes'],
        ['StrictHostKeyChecking', hostKeys.insecure ? 'no' : 'yes'],
        ['UserKnownHostsFile', hostKeys.insecure ? '/dev/null' : fileNames.knownHosts],
        ['GlobalKnownHostsFile', '/dev/null'],
        // ssh before 8.5 does not know it; fingerprints need it.
        ['IgnoreUnknown', 'KnownHostsCommand'],
        ['KnownHostsCommand', `"${`${folder}/${fileNames.pin}`.replaceAll(/["\\]/g, '\\$&')}" %I %H %t %f %K`],
        ['UpdateHostKeys', 'no'],
        ['VerifyHostKeyDNS', 'no'],
        ['CheckHostIP', 'no'],
        ['CanonicalizeHostname', 'no'],
        ['ForwardAgent', 'no'],
        ['ClearAllForwardings', 'yes'],
        ['PermitLocalCommand', 'no'],
        ['RequestTTY', 'no'],
        ['EscapeChar', 'none'],
        ['Compression', 'no'],
        ['TCPKeepAlive', 'yes'],
        ['ServerAliveInterval', aliveInterval],
        ['ServerAliveCountMax', Math.max(1, Math.ceil(options.idleTimeout / aliveInterval))],
        ['ConnectTimeout', options.connectTimeout],
    ]);
    const target = block('*', [
        ...address(login),
        ['ControlPath', multiplex ? fileNames.socket : 'none'],
        ['ProxyJump', jump === undefined ? 'none' : jumpAlias],
    ]);
    const bastion = jump === undefined ? '' : block(jumpAlias, [...address(jump), ['ControlPath', 'none'], ['ProxyJump', 'none']]);
    // ssh takes the first value that it finds, so the bastion stands before the block that fits every name.
    return bastion + target + always;
}
/** The wrapper, the one way by which anything here reaches ssh. */
function wrapperScript(ssh, folder, encryptedKey) {
    const askpass = encryptedKey
        ? `export SSH_ASKPASS=${fileNames.askpass} SSH_ASKPASS_REQUIRE=force DISPLAY=:none\n`
        : '';
    return `#!/bin/sh
# The one way to ssh: git, hg, rsync and the deploy command all come through here.
umask 077
cd ${quote(folder)} || exit 255
${askpass}exec ${quote(ssh)} -F ${fileNames.config} -v -E ${fileNames.log} "$@"
`;
}
/** Descriptors 3 and 4 lead to the shell's output and input; each line for it begins with this variable's word. */
const markVariable = 'DOTCLOUD_MARK';
/**
 * rsync's way to its other half, through the shell that is open at the server: a command line, then the bytes. It is
 * gone at once, since rsync looks only every 20 ms whether it is.
 */
const relayScript = `#!/bin/sh
# rsync calls it as: -l USER HOST COMMAND…
shift 3
printf '%s %s\\n' "$${markVariable}" "$*" >&4
exec 5<&0
cat <&5 >&4 &
cat <&3 &
`;
/** Prints the passphrase to ssh and ssh-keygen: it is in no argument list and in no environment. */
const askpassScript = `#!/bin/sh\nexec cat ${fileNames.passphrase}\n`;
/**
 * Asked by ssh (KnownHostsCommand) for host keys to trust. It notes the key that the server offers, for the report and
 * for the error, and vouches for it when its fingerprint is pinned.
 */
function pinScript(fingerprints) {
    return `#!/bin/sh
umask 077
[ "$1" = HOSTNAME ] && [ -n "$4" ] || exit 0
printf '%s %s %s %s\\n' "$2" "$3" "$5" "$4" >>${fileNames.offered}
case ${quote(` ${fingerprints.join(' ')} `)} in
  *" $4 "*) printf '%s %s %s\\n' "$2" "$3" "$5" ;;
esac
`;
}
/** Holds the connection while somebody holds its standard input, so that a killed step leaves no ssh behind. */
function keeperScript(login) {
    return `#!/bin/sh
umask 077
exec 3<&0
./${fileNames.wrapper} "$@" -M -N -- ${quote(loginWord(login))} </dev/null 3<&- 2>>${fileNames.log} &
ssh=$!
{ read -r _ <&3; kill "$ssh"; } >/dev/null 2>&1 &
wait "$ssh"
`;
}

;// CONCATENATED MODULE: ./build/methods/rsync-transfer.js





/** One rsync over the connection; answers with what changed, or would change, if it is to tell. */
async function transfer(task, session, listing, { mirror, dryRun, tells, first, deletions, filesFrom, prepare, shell }) {
    const { host, step } = task;
    const said = createTail();
    const stderr = (line) => {
        said.push(line);
        host.log.remote(line);
    };
    const passage = shell?.give(stderr);
    const args = [
        ...(filesFrom === undefined ? ['-r'] : [`--files-from=${filesFrom}`, '--from0']),
        ...transferFlags,
        ...(tells ? [itemize] : []),
        ...(dryRun ? ['--dry-run'] : ['--info=progress2']),
        // New files get into place together at the end, so that an interrupted push leaves the old ones.
        ...(first ? [] : ['--checksum', '--delay-updates']),
        ...(mirror ? ['--delete-delay'] : []),
        ...(deletions === undefined ? [] : [`--max-delete=${deletions}`]),
        ...(prepare === undefined ? [] : [`--rsync-path=${prepare}`]),
        `--filter=merge ${listing.filter}`,
        // The relay is made of cats, which give up on a stream that is full; ssh does not.
        ...(passage === undefined ? [] : ['--blocking-io']),
        '-e',
        passage?.program ?? fileNames.wrapper,
        '--',
        sourceOf(task),
        `${loginWord(step.destination, true)}:${remotePath(step.destination)}/`,
    ];
    const changes = [];
    const { output, failure } = await attempt(task, session, { label: 'rsync', file: 'rsync', args, env: { ...session.env, ...passage?.env } }, {
        ...(passage === undefined ? {} : { lender: passage.lender }),
        stdout(line) {
            const item = tells ? parseItem(line) : undefined;
            const progress = item === undefined ? parseProgress(line) : undefined;
            if (progress !== undefined)
                host.log.progress(progress);
            else if (item === undefined)
                said.push(line);
            else if (item.kind !== 'same' && item.name !== '.')
                changes.push(asChange(item));
        },
        stderr,
    });
    if (output.code !== 0)
        throw await failure(said.text());
    return changes;
}

;// CONCATENATED MODULE: ./build/methods/remote-shell.js


/** In bytes: the packed journal of more than half a million files. */
const longestAnswer = 64 << 20;
/** Milliseconds until a program that waits for input (some forced command) is told that there is none. */
const patience = 5_000;
/** The end of a script for a shell that is to take a command; `mark` is a word of the script. */
const takeCommand = (mark) => `read -r w l && [ "$w" = "${mark}" ] && eval "$l"`;
/**
 * @param mark a random word, which ends the answer, with a dot behind it, and begins the command
 * @throws PushError `timeout` when it is silent for the idle time, `remote-setup` when it floods
 */
async function openShell(command, mark, host, settings) {
    const flood = new AbortController();
    const answered = new AbortController();
    const chunks = [];
    const last = `${mark}.\n`;
    let listener = (_line) => { };
    let length = 0;
    let takes = true;
    const running = await new Promise((resolve, reject) => {
        const started = host.runner.start(command, {
            signal: AbortSignal.any([host.signal, flood.signal]),
            idle: settings.idleTimeout,
            stderr: (line) => listener(line),
            bytes(chunk) {
                length += chunk.length;
                if (length > longestAnswer)
                    return flood.abort(flooded(command));
                chunks.push(chunk);
                if (endOf(chunks, last.length) === last)
                    resolve(started);
            },
        });
        const over = () => {
            takes = false;
        };
        started.done.finally(over).then(() => resolve(started), reject);
        host.clock.sleep(patience, answered.signal).then(() => {
            over();
            started.end();
        }, () => undefined);
    }).finally(() => answered.abort());
    running.pause();
    return {
        answer: Buffer.concat(chunks),
        give(said) {
            if (!takes)
                return undefined;
            takes = false;
            listener = said;
            return { program: fileNames.relay, env: { [markVariable]: mark }, lender: running };
        },
        close: () => running.stop(),
    };
}
/** What a command answers, in bounded memory. @throws PushError `remote-setup` when it floods */
async function readAnswer(command, host, settings) {
    const flood = new AbortController();
    const chunks = [];
    let length = 0;
    await host.runner.run(command, {
        signal: AbortSignal.any([host.signal, flood.signal]),
        idle: settings.idleTimeout,
        bytes(chunk) {
            length += chunk.length;
            if (length <= longestAnswer)
                chunks.push(chunk);
            else
                flood.abort(flooded(command));
        },
    });
    return Buffer.concat(chunks);
}
/** The last bytes of what came in pieces. */
function endOf(chunks, length) {
    const few = [];
    for (let index = chunks.length - 1, found = 0; index >= 0 && found < length; index--) {
        const chunk = chunks[index] ?? Buffer.of();
        few.unshift(chunk);
        found += chunk.length;
    }
    return Buffer.concat(few).subarray(-length).toString('latin1');
}
function flooded({ label }) {
    return new PushError('remote-setup', `The server answered the ${label} with more than ${longestAnswer >> 20} MiB.`, 'Look at what its login shell and its forced command print.');
}

;// CONCATENATED MODULE: ./build/methods/survey.js









/**
 * Asks the server, in any login shell, and leaves a shell there for the conclusion.
 * @param ask what to hold against the server's memory; undefined to ask for nothing that is remembered
 * @returns no survey when it gives no shell (a forced command, a PaaS)
 * @throws PushError `remote-setup` when the login shell prints text of its own
 */
async function survey_look(session, memory, ask, host, settings) {
    const mark = (0,external_node_crypto_namespaceObject.randomBytes)(8).toString('hex');
    const words = [
        memory.path,
        memory.id,
        memory.key,
        ask?.sums.digest ?? '-',
        ask?.revision ?? '-',
        mark,
        ask?.sums.shares ?? '-',
    ];
    const question = `sh -c '${script}' - ${words.map(quote).join(' ')}`;
    const command = session.connection.remote('survey', question);
    const shell = await openShell(command, mark, host, settings).catch(orStop(session, host));
    try {
        return { survey: read(shell.answer, mark, session, memory, ask), shell };
    }
    catch (error) {
        await shell.close();
        throw error;
    }
}
function read(answer, mark, { login }, { path }, ask) {
    const [noise = '', facts, rest] = splitAt(answer, Buffer.from(`${mark}\n`));
    if (facts === undefined || rest === undefined) {
        const said = noise.toString('utf8');
        // rsync would hear this as garbage.
        if (turnsAway.test(said))
            throw diagnose({ method: 'rsync', login, path, code: undefined, said, sshLog: '' });
        return undefined;
    }
    if (noise.length > 0) {
        throw new PushError('remote-setup', `The login shell of ${formatLogin(login)} prints text, which rsync cannot tell from data.`, 'Let ~/.bashrc and the like print only in interactive shells.', { evidence: noise.toString('utf8').trim().split('\n')[0] ?? '' });
    }
    return parseFacts(facts.toString('utf8'), rest.subarray(0, -`${mark}.\n`.length), ask);
}
/**
 * Its words are the path, the id, the key, the digest, the revision, the mark and the shares' sums; `-` for none. It stands on the command
 * line, where it costs no round trip of its own, in single quotes that sh, csh and fish understand alike: so it is one
 * line without a single quote, and no backslash stands before another or `!` before a letter.
 * Nothing is believed of a directory that is not the one that we pushed to, or that has changed since.
 */
const script = `
LC_ALL=C; export LC_ALL; d=$1 m=$HOME/.dotcloud-push/$2 real= ours= revision= same= journal=;
printf "%s\\n" "$6" "home=$(cd && pwd -P)";
[ ! -d "$d" ] || real=$(cd -- "$d" && pwd -P);
read -r ours 2>/dev/null <"$m/ours";
read -r revision 2>/dev/null <"$m/revision";
[ -z "$ours" ] || printf "revision=%s\\n" "$revision";
if [ -n "$real" ] && [ "$ours" = "$real" ]; then
echo ours=yes;
if [ "$4" != - ] && read -r key digest seen 2>/dev/null <"$m/state" && [ "$key" = "$3" ] &&
[ "$(cd -- "$d" && sh "$m/see" "$m/mark" 2>&1)" = "$seen" ]; then
echo "digest=$digest";
if [ "$digest" = "$4" ]; then same=yes; [ "$5" = - ] || printf "%s\\n" "$5" >"$m/revision"; else journal=yes; fi;
fi;
fi;
if [ -n "$same" ]; then printf "exists=yes\\nfilled=yes\\nsame=yes\\nreal=%s\\n" "$real";
else
p=$d; while [ -n "$p" ] && [ ! -d "$p" ]; do p=$(dirname -- "$p"); done;
if [ "$p" = "$d" ]; then echo exists=yes; [ -z "$(ls -A -- "$p" 2>/dev/null | head -n 1)" ] || echo filled=yes; fi;
printf "real=%s\\nrsync=%s\\n" "$(cd -- "$p" && pwd -P)" "$(rsync --version 2>/dev/null | head -n 1)";
! command -v gzip >/dev/null || echo packs=yes;
fi;
printf "%s\\n" "$6"; [ -z "$journal" ] || sh "$m/pick" "$7" | gzip -1 -c; printf "%s.\\n" "$6";
${takeCommand('$6')}
`
    .trim()
    .replaceAll('\n', ' ');
function splitAt(text, separator) {
    const first = text.indexOf(separator);
    const second = first < 0 ? -1 : text.indexOf(separator, first + separator.length);
    if (second < 0)
        return [text];
    return [
        text.subarray(0, first),
        text.subarray(first + separator.length, second),
        text.subarray(second + separator.length),
    ];
}
function parseFacts(facts, journal, ask) {
    const fact = (name) => new RegExp(`^${name}=(.*)$`, 'm').exec(facts)?.[1] ?? '';
    return {
        home: fact('home'),
        real: fact('real'),
        exists: fact('exists') === 'yes',
        filled: fact('filled') === 'yes',
        ours: fact('ours') === 'yes',
        // Whoever can write there must not choose what a workflow puts into its scripts.
        revision: /^[0-9a-f]{40,64}$/.exec(fact('revision'))?.[0] ?? '',
        rsync: fact('rsync'),
        packs: fact('packs') === 'yes',
        known: fact('same') === 'yes' ? 'same' : recall(journal, fact('digest'), ask),
    };
}
/** The remembered manifest, believed only when it has the digest that was written with it. */
function recall(journal, digest, ask) {
    if (journal.length === 0 || ask === undefined)
        return undefined;
    try {
        const { manifest, length } = replay((0,external_node_zlib_namespaceObject.gunzipSync)(journal, { maxOutputLength: longestAnswer }).toString('utf8'), ask.manifest);
        return sumUp(manifest).digest === digest ? { manifest, journalLength: length } : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./build/methods/rsync.js











const rsync = { name: 'rsync', preflight: rsync_preflight, upload: rsync_upload };
/** The oldest rsync whose messages and rules we rely on. */
const rsync_oldest = [3, 1];
async function rsync_preflight({ step, settings, host }) {
    if (settings.delete && step.destination.base === 'root')
        guardMirror(remotePath(step.destination));
    await guardSource(step.workspace, host.context.workspace);
    const found = await versionHere(host);
    const [, major = '0', minor = '0'] = /^rsync +version (\d+)\.(\d+)/.exec(found) ?? [];
    if (Number(major) > rsync_oldest[0] || (Number(major) === rsync_oldest[0] && Number(minor) >= rsync_oldest[1]))
        return;
    const what = /openrsync/i.test(found)
        ? 'openrsync, which does not know all rules of rsync'
        : `rsync ${major}.${minor}`;
    throw new PushError('input', `This machine has ${what}.`, `Install rsync ${rsync_oldest.join('.')} or newer (on macOS: brew install rsync).`);
}
async function rsync_upload(task, session) {
    const { step, settings, host } = task;
    const mirror = settings.delete && !step.workspace.isFile;
    const listing = await rsync_listing_list(task, session);
    guardEmpty(listing.files, mirror);
    if (settings.includes.length > 0)
        await guardTokens(step.workspace, names(listing));
    await session.connection.ready();
    const revision = step.workspace.sha ?? '';
    const ask = settings.verify === 'full' || listing.sums === undefined
        ? undefined
        : { manifest: listing.entries, sums: listing.sums, revision: settings.dryRun ? undefined : revision };
    const { survey, shell } = await survey_look(session, listing.memory, ask, host, settings);
    try {
        return await carryOut({ ...task, guards: [] }, session, { listing, mirror, revision, survey, shell });
    }
    finally {
        await shell.close();
    }
}
async function carryOut(task, session, situation) {
    const { settings, host } = task;
    const { mirror, revision, survey } = situation;
    if (survey === undefined)
        host.log.info('The server gives no shell: what is there is asked of rsync alone.');
    else
        guardServer(task, session, survey, mirror);
    const work = await planWork(task, session, situation);
    const done = (result, changes) => ({
        result: settings.dryRun ? 'planned' : result,
        revision,
        previousRevision: survey?.revision ?? '',
        changes,
        guards: task.guards,
    });
    if (settings.dryRun)
        return done('planned', work.changes ?? []);
    const nothing = work.changes?.length === 0;
    // Known to be the same: nothing to do. Found to be the same: worth remembering.
    if (nothing && (work.how === 'known' || survey === undefined))
        return done('unchanged', []);
    const conclusion = survey?.packs ? openConclusion(task, session, situation.listing, work) : undefined;
    try {
        const sent = nothing ? [] : await send(task, session, situation, work);
        await conclusion?.finish(revision);
        const changes = work.changes ?? (work.how === 'first' ? allAdded(situation.listing) : sent);
        return done(changes.length === 0 ? 'unchanged' : 'deployed', changes);
    }
    finally {
        await conclusion?.close();
    }
}
function guardServer(task, session, survey, mirror) {
    const { step, settings } = task;
    if (survey.known !== 'same' && (survey.rsync === '' || /openrsync/i.test(survey.rsync))) {
        throw new PushError('remote-setup', `rsync is not installed on ${formatLogin(session.login)}.`, 'Install rsync there.', {
            evidence: survey.rsync,
        });
    }
    if (!mirror || !survey.exists)
        return;
    hold(task, () => guardMirror(survey.real, survey.home));
    hold(task, () => guardForeign(survey, settings.adopt, remotePath(step.destination)));
}
/** A guard stops a push before anything changes, and tells a dry run that it would. */
function hold({ settings, host, guards }, guard) {
    try {
        guard();
    }
    catch (error) {
        if (!settings.dryRun || !(error instanceof PushError))
            throw error;
        guards.push(`${error.cause} ${error.next}`);
        host.log.warning(`The push would be refused: ${error.cause} ${error.next}`);
    }
}
function names({ entries }) {
    return [...entries.keys()].map(shownName);
}
function allAdded({ entries }) {
    return [...entries].map(([name, line]) => changeOf('added', name, line));
}
/** Finds out what has to be done by the cheapest way that is certain, and holds it against the limit of deletions. */
async function planWork(task, session, { listing, survey, mirror, shell }) {
    const { settings } = task;
    // All is new, and the transfer need not wait for a list of it.
    if (survey !== undefined && !survey.filled) {
        return { how: 'first', changes: settings.dryRun ? allAdded(listing) : undefined };
    }
    if (survey?.known === 'same')
        return { how: 'known', changes: [] };
    const remembered = survey?.known === undefined ? undefined : fromMemory(task, listing, survey.known, mirror);
    if (remembered !== undefined)
        return remembered;
    if (!mirror && !settings.dryRun)
        return { how: 'full', changes: undefined };
    const through = survey === undefined ? {} : { shell };
    const changes = await transfer(task, session, listing, { mirror, dryRun: true, tells: true, ...through });
    const files = (wanted) => changes.filter(({ kind, path }) => kind === wanted && !path.endsWith('/'));
    const paths = files('deleted').map(({ path }) => path);
    hold(task, () => guardDeletions(paths, listing.files - files('added').length, settings.maxDelete));
    return { how: 'full', changes, deletions: changes.filter(({ kind }) => kind === 'deleted').length };
}
/** The work that follows from what the server remembers; undefined when that is not certain enough. */
function fromMemory(task, { entries, sums }, known, mirror) {
    if (sums === undefined)
        return undefined;
    const difference = manifest_compare(known.manifest, entries);
    const { added, changed, removed, removedDirectories, risky } = difference;
    // Names go to the server line by line, so one with a line break in it is left to rsync.
    if (risky || removed.concat(removedDirectories).some((name) => name.includes('\\#012')))
        return undefined;
    const kept = countFiles(known.manifest) - removed.length;
    if (mirror)
        hold(task, () => guardDeletions(removed, kept, task.settings.maxDelete));
    const tell = (kind, names, from) => names.map((name) => changeOf(kind, name, from.get(name) ?? ''));
    const changes = [
        ...(mirror ? tell('deleted', [...removed, ...removedDirectories], known.manifest) : []),
        ...tell('changed', changed, entries),
        ...tell('added', added, entries),
    ];
    const carryOn = haveSameShares(known.manifest, entries) && known.journalLength <= 2 * entries.size;
    return { how: 'known', changes, difference, carryOn };
}
/** Sends what the work asks for. */
async function send(task, session, { listing, mirror, survey, shell }, work) {
    const { difference, deletions } = work;
    const options = {
        mirror: mirror && work.how === 'full',
        dryRun: false,
        tells: work.how === 'full' && work.changes === undefined,
        first: work.how === 'first',
        ...(survey === undefined ? {} : { prepare: preparation(listing.memory), shell }),
        ...(deletions === undefined ? {} : { deletions }),
    };
    if (difference === undefined)
        return await transfer(task, session, listing, options);
    const names = [...difference.added, ...difference.changed];
    if (names.length === 0)
        return [];
    const filesFrom = await session.file('files', Buffer.concat(names.flatMap((name) => [here, unescapeName(name), nul])));
    return await transfer(task, session, listing, { ...options, filesFrom });
}
const nul = Buffer.from([0]);
// rsync takes a name that begins with # or ; for a comment.
const here = Buffer.from('./');

;// CONCATENATED MODULE: ./build/core/event.js

/** An event that says nothing against deploying. */
const trustedEvent = { name: '', outside: false, unsecureCommands: false };
/**
 * Reads the trust out of an event and its payload. These events hand secrets to runs over other people's code:
 * https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
 */
function judgeEvent(name, payload, unsecureCommands) {
    const here = dig(payload, 'repository', 'full_name');
    const head = dig(payload, 'workflow_run', 'head_repository', 'full_name');
    const outside = name === 'pull_request_target' ||
        (name === 'workflow_run' && (head === undefined || head !== here)) ||
        // The payload of a comment does not tell where the pull request comes from.
        (name === 'issue_comment' &&
            (dig(payload, 'issue') === undefined || dig(payload, 'issue', 'pull_request') !== undefined));
    return { name, outside, unsecureCommands };
}
function dig(value, ...keys) {
    return keys.reduce((at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined), value);
}
/** @throws PushError `unsafe` when this event should not be given the keys of a server */
function guardEvent(event, allowed) {
    if (event.unsecureCommands) {
        throw new PushError('unsafe', 'ACTIONS_ALLOW_UNSECURE_COMMANDS is set, so whatever is printed could act on the workflow.', 'Remove ACTIONS_ALLOW_UNSECURE_COMMANDS.');
    }
    if (!event.outside || allowed)
        return;
    throw new PushError('unsafe', `The event ${event.name} may run over code of somebody who cannot push to this repository.`, 'Deploy on push instead, or behind an environment with reviewers; insecure-allow-untrusted-event lifts this check.');
}

;// CONCATENATED MODULE: ./build/core/finding.js
/** Every check of the doctor, in its order, with the stage of a push that would meet what it finds. */
const stages = {
    inputs: 'settings',
    workspace: 'settings',
    tools: 'settings',
    key: 'settings',
    name: 'connect',
    port: 'connect',
    'host key': 'connect',
    login: 'connect',
    shell: 'push',
    'remote tool': 'push',
    path: 'push',
    disk: 'push',
    'deploy command': 'deploy',
};
const checks = Object.keys(stages);
const stageOf = (check) => stages[check];
/** Those that ask for something. */
function finding_asking(findings) {
    return findings.filter(({ verdict }) => verdict === 'fault' || verdict === 'warning');
}
function finding_ok(check, detail) {
    return { check, verdict: 'ok', detail, evidence: '', next: '', errorClass: '' };
}
function skipped(check, detail) {
    return { check, verdict: 'skipped', detail, evidence: '', next: '', errorClass: '' };
}
function warning(check, { cause, evidence, next }) {
    return { check, verdict: 'warning', detail: cause, evidence, next, errorClass: '' };
}
function fault(check, { cause, evidence, next, errorClass }) {
    return { check, verdict: 'fault', detail: cause, evidence, next, errorClass };
}
/** The findings as they come in, each told at once; in the end every check has one. */
class Chart {
    #log;
    #findings = [];
    constructor(log) {
        this.#log = log;
    }
    get findings() {
        return this.#findings.toSorted((a, b) => checks.indexOf(a.check) - checks.indexOf(b.check));
    }
    /** The first check that has no finding yet. */
    get current() {
        return checks.find((check) => !this.#findings.some((finding) => finding.check === check));
    }
    tell(...findings) {
        for (const finding of findings) {
            this.#findings.push(finding);
            for (const line of finding_formatFinding(finding))
                this.#log.info(line);
        }
    }
    /** Gives up on every check that has no finding yet. */
    skipRest(reason) {
        for (let check = this.current; check !== undefined; check = this.current)
            this.tell(skipped(check, reason));
    }
}
/** A finding in one line for each of: what, evidence, next step. */
function finding_formatFinding({ check, verdict, detail, evidence, next }) {
    const margin = ' '.repeat(25);
    return [
        `${verdict.padEnd(8)} ${check.padEnd(15)} ${detail}`,
        ...(evidence === '' ? [] : [`${margin}Evidence: ${evidence}`]),
        ...(next === '' ? [] : [`${margin}Next: ${next}`]),
    ];
}

;// CONCATENATED MODULE: ./build/core/plan.js





const limits = { bytes: 64 * 1024, depth: 6, steps: 16 };
function plan_refuse(cause, evidence = '', errorClass = 'input') {
    throw new PushError(errorClass, `Input plan is refused as a whole: ${cause}`, 'A plan is {"type":"cmd","data":[["upload",DIR,URL,{…}],["call",COMMAND]]}; docs/plan.md lists what it may hold.', { evidence });
}
/** The steps that the inputs alone ask for. */
function draftFromInputs(settings) {
    const upload = {
        verb: 'upload',
        directory: settings.source,
        url: settings.destination,
        check: false,
        method: settings.method,
        excludes: settings.excludes,
        targetBranch: settings.targetBranch,
    };
    return settings.deployCommand === '' ? [upload] : [upload, { verb: 'call', command: settings.deployCommand }];
}
function isDeeper(value, levels) {
    if (typeof value !== 'object' || value === null)
        return false;
    return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
function object(value, keys, what) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        plan_refuse(`${what} is not an object.`);
    const stranger = Object.getOwnPropertyNames(value).find((key) => !keys.includes(key));
    if (stranger !== undefined)
        plan_refuse(`${what} has the key ${JSON.stringify(stranger)}, which is not known.`);
    return value;
}
function plan_text(value, what) {
    if (typeof value !== 'string' || value.trim() === '')
        plan_refuse(`${what} is not a text.`, JSON.stringify(value));
    if (/[\u0000-\u001f\u007f]/.test(value))
        plan_refuse(`${what} holds a control character.`, JSON.stringify(value));
    return value;
}
function plan_list(value, what) {
    return Array.isArray(value) ? value : plan_refuse(`${what} is not a list.`);
}
/**
 * A dotCloud plan as steps. Its schema is closed and it can only ask for less than the inputs allow, or it is refused
 * before its first step: excludes add to the inputs', a method must agree with `method`, a host with `destination`.
 * @throws PushError `unsafe`
 */
function parsePlan(source, settings) {
    if (Buffer.byteLength(source) > limits.bytes)
        plan_refuse(`it is larger than ${limits.bytes} bytes.`);
    const plan = object(parseJson(source), ['type', 'data'], 'the plan');
    if (plan['type'] !== 'cmd')
        plan_refuse('its type is not "cmd".', JSON.stringify(plan['type']));
    const data = plan_list(plan['data'], 'data');
    if (data.length === 0 || data.length > limits.steps)
        plan_refuse(`it has ${data.length} steps, and 1 to ${limits.steps} are accepted.`);
    const steps = data.map((entry, index) => parseStep(plan_list(entry, `step ${index + 1}`), `step ${index + 1}`, settings));
    if (settings.deployCommand === '')
        return steps;
    if (steps.some((step) => step.verb === 'call'))
        plan_refuse('it has calls of its own, and deploy-command is set too.');
    return [...steps, { verb: 'call', command: settings.deployCommand }];
}
function parseJson(source) {
    let value;
    try {
        value = JSON.parse(source);
    }
    catch (error) {
        return plan_refuse('it is not JSON.', error instanceof Error ? error.message : '');
    }
    return isDeeper(value, limits.depth) ? plan_refuse(`it is nested deeper than ${limits.depth} levels.`) : value;
}
function parseStep(words, what, settings) {
    const [verb, ...args] = words;
    if (verb === 'call' && args.length === 1)
        return { verb, command: plan_text(args[0], `${what}'s command`) };
    if (verb !== 'upload')
        plan_refuse(`${what} is ${JSON.stringify(verb)}, and only "upload" and "call" with one command are accepted.`);
    const [directory, url, options = {}, ...more] = args;
    if (more.length > 0)
        plan_refuse(`${what} has more than a directory, an URL and options.`);
    const { check = false, force_method: forced, rsync, hg, git, } = object(options, ['check', 'force_method', 'rsync', 'hg', 'git'], `${what}'s options`);
    if (typeof check !== 'boolean')
        plan_refuse(`${what}'s check is neither true nor false.`);
    object(hg ?? {}, [], `${what}'s hg options`);
    const { excludes = [] } = object(rsync ?? {}, ['excludes'], `${what}'s rsync options`);
    const { branch } = object(git ?? {}, ['branch'], `${what}'s git options`);
    return {
        verb,
        directory: plan_text(directory, `${what}'s directory`),
        url: plan_text(url, `${what}'s URL`),
        check,
        method: chooseMethod(forced, settings, what),
        excludes: [
            ...new Set([
                ...settings.excludes,
                ...plan_list(excludes, `${what}'s excludes`).map((each) => plan_text(each, `${what}'s exclude`)),
            ]),
        ],
        targetBranch: chooseBranch(branch, settings, what),
    };
}
function chooseMethod(forced, settings, what) {
    if (forced === undefined)
        return settings.method;
    const method = methodNames.find((name) => name === forced) ?? plan_refuse(`${what}'s force_method is ${JSON.stringify(forced)}.`);
    if (settings.method !== 'auto' && settings.method !== method) {
        plan_refuse(`${what} asks for ${method}, and input method allows only ${settings.method}.`, '', 'unsafe');
    }
    return method;
}
function chooseBranch(branch, settings, what) {
    if (branch === undefined)
        return settings.targetBranch;
    const name = plan_text(branch, `${what}'s branch`);
    if (settings.targetBranch !== '{branch}' && settings.targetBranch !== name) {
        plan_refuse(`${what} asks for the branch ${name}, and input target-branch allows only ${settings.targetBranch}.`, '', 'unsafe');
    }
    return name;
}
/** An upload with its templates filled in from the workspace that was found. */
function resolveUpload(draft, workspace, values) {
    const { verb, directory, check, excludes } = draft;
    return {
        verb,
        directory,
        check,
        excludes,
        workspace,
        destination: parseDestination('destination', draft.url, values),
        targetBranch: workspace.method === 'git' ? template_fill('target-branch', draft.targetBranch, values) : '',
    };
}
/** A call with its templates filled in, each value as one word of a POSIX shell. */
function resolveCall(draft, values) {
    return { verb: 'call', command: template_fill('deploy-command', draft.command, values, quote) };
}
/**
 * The one login that a plan is carried out with: its uploads', or without one the input's.
 * @throws PushError `unsafe` when its uploads lead to different ones, or to another one than the input
 */
function loginOf(steps, destination) {
    const uploads = steps.flatMap((step) => (step.verb === 'upload' ? [step.destination] : []));
    const login = uploads[0] ?? destination ?? plan_refuse('it names no destination to call at.');
    const other = [destination, ...uploads].find((each) => each !== undefined && formatLogin(each) !== formatLogin(login));
    if (other !== undefined) {
        plan_refuse(`it leads to ${formatLogin(login)}, and ${formatLogin(other)} was named too.`, '', 'unsafe');
    }
    return login;
}
/** The plan in dotCloud's JSON, which input `plan` takes back. */
function formatPlan(steps) {
    return JSON.stringify({ type: 'cmd', data: steps.map(formatStep) });
}
function formatStep(step) {
    if (step.verb === 'call')
        return ['call', step.command];
    const { method } = step.workspace;
    const options = {
        ...(step.check ? { check: true } : {}),
        force_method: method,
        ...(method === 'rsync' ? { rsync: { excludes: step.excludes } } : {}),
        ...(method === 'git' ? { git: { branch: step.targetBranch } } : {}),
    };
    return ['upload', step.directory, formatDestination(step.destination), options];
}

;// CONCATENATED MODULE: ./build/core/planning.js





/** From settings to steps that can be carried out: the workspace is looked at, and every template filled in. */
async function planSteps(settings, host) {
    const steps = await resolveAll(settings, host);
    return { steps, login: loginOf(steps, namedDestination(settings, steps, host)) };
}
async function resolveAll(settings, host) {
    const drafts = settings.plan === '' ? draftFromInputs(settings) : parsePlan(await planText(settings.plan, host), settings);
    const steps = [];
    for (const draft of drafts)
        steps.push(await resolve(draft, steps, settings, host));
    return steps;
}
async function resolve(draft, earlier, settings, host) {
    if (draft.verb === 'call')
        return resolveCall(draft, valuesFor(lastUpload(earlier), settings, host));
    const workspace = await inspect({ source: draft.directory, method: draft.method, check: draft.check }, host);
    return resolveUpload(draft, workspace, { ...settings, branch: workspace.branch, sha: workspace.sha });
}
function lastUpload(steps) {
    return steps.findLast((step) => step.verb === 'upload');
}
function valuesFor(upload, { app, deployment }, { context }) {
    const { branch, sha } = upload?.workspace ?? { branch: branchOf(context.ref), sha: context.sha };
    return { app, deployment, branch, sha };
}
function namedDestination(settings, steps, host) {
    if (settings.destination === '')
        return undefined;
    return parseDestination('destination', settings.destination, valuesFor(lastUpload(steps), settings, host));
}
/** Input `plan`: the JSON itself, or a file in the workspace. */
async function planText(plan, host) {
    if (plan.startsWith('{'))
        return plan;
    const path = await resolveInside(host.context.workspace, plan, 'plan');
    const found = await (0,promises_namespaceObject.stat)(path);
    if (!found.isFile() || found.size > 1 << 20) {
        throw new PushError('input', 'Input plan names something that is no plan.', 'Name a JSON file in the workspace.', {
            evidence: plan,
        });
    }
    return await (0,promises_namespaceObject.readFile)(path, 'utf8');
}

;// CONCATENATED MODULE: ./build/methods/git-difference.js

/** How many files a diff may have for its lines to be counted, and how large they may be. */
const mostDiffed = { files: 1_000, size: '1m' };
/** What the push brought: files, lines and commits; nothing when the earlier revision is not known here. */
async function difference(repository, task, previous, revision) {
    const [changes, commits, bytesToSend] = await Promise.all([
        previous === '' ? files(repository, revision) : findChanges(repository, previous, revision),
        previous === '' ? undefined : findCommits(repository, `${previous}..${revision}`),
        task.settings.dryRun ? packSize(repository, task, previous, revision) : undefined,
    ]);
    return { changes, ...commits, ...(bytesToSend === undefined ? {} : { bytesToSend }) };
}
async function files(repository, revision) {
    const paths = await repository.fields('git ls-tree', ['ls-tree', '-r', '-z', '--name-only', revision]);
    return paths.map((path) => ({ kind: 'added', path }));
}
async function findChanges(repository, previous, revision) {
    const diff = ['diff-tree', '-r', '-z', '--no-renames', '--no-ext-diff', '--no-textconv'];
    const fields = await repository.fields('git diff-tree', [...diff, '--name-status', previous, revision]);
    const changes = fields.flatMap((status, index) => {
        const path = fields[index + 1];
        if (index % 2 === 1 || path === undefined)
            return [];
        return [{ kind: status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'changed', path }];
    });
    if (changes.length > mostDiffed.files)
        return changes;
    const bounded = ['-c', `core.bigFileThreshold=${mostDiffed.size}`, ...diff];
    const counted = await repository.fields('git diff-tree', [...bounded, '--numstat', previous, revision]);
    const lines = new Map(counted.flatMap((field) => {
        const [, added, removed, path] = /^(\d+)\t(\d+)\t(.*)$/s.exec(field) ?? [];
        return path === undefined ? [] : [[path, { added: Number(added), removed: Number(removed) }]];
    }));
    return changes.map((change) => {
        const found = lines.get(change.path);
        return found === undefined ? change : { ...change, lines: found };
    });
}
async function findCommits(repository, range) {
    const log = ['log', '-z', '--no-show-signature', '--format=%H %s', `--max-count=${model_mostListed}`, range];
    const commits = (await repository.fields('git log', log)).map((field) => {
        const [id = '', ...words] = field.split(' ');
        return { id, subject: words.join(' ') };
    });
    if (commits.length < model_mostListed)
        return { commits, commitCount: commits.length };
    const count = await repository.local('git rev-list', ['rev-list', '--count', `--max-count=${model_mostCounted}`, range]);
    return { commits, commitCount: Number(count) };
}
/** The size of the pack that a push would send. */
async function packSize(repository, { host }, previous, revision) {
    let size = 0;
    const args = ['pack-objects', '--quiet', '--revs', '--thin', '--delta-base-offset', '--stdout'];
    const wanted = `${revision}\n${previous === '' ? '' : `^${previous}\n`}`;
    const bytes = (chunk) => {
        size += chunk.length;
    };
    const command = { ...repository.command('git pack-objects', args), stdin: wanted };
    const { code } = await host.runner.run(command, { signal: host.signal, bytes });
    return code === 0 ? size : undefined;
}

;// CONCATENATED MODULE: ./build/methods/git-origin.js
/** What `git config --get-regexp` is asked for. */
const originKeys = String.raw `^(remote\.origin\.url|http\..*\.extraheader)$`;
/** Reads the answer of `git config --null --get-regexp`. */
function parseOrigin(answer) {
    const entries = answer.split('\0').map((entry) => {
        const end = entry.indexOf('\n');
        return [entry.slice(0, Math.max(end, 0)), entry.slice(end + 1)];
    });
    const url = entries.findLast(([name]) => name === 'remote.origin.url')?.[1] ?? '';
    const headers = entries.flatMap(([name, value]) => {
        const scope = /^http\.(.*)\.extraheader$/is.exec(name)?.[1];
        return scope === undefined ? [] : [`[http ${quoted(scope)}]\n\textraheader = ${quoted(value)}\n`];
    });
    return { url, fetchable: /^(https?:\/\/|file:\/\/\/|\/)/.test(url), config: headers.join('') };
}
/** A value as git's configuration files quote it. */
function quoted(value) {
    return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

;// CONCATENATED MODULE: ./build/methods/git-repository.js








/** Milliseconds that a server which was silent for long may take to name its branch. */
const mostAsked = 2_000;
/**
 * What receivers print when their own deployment failed although git's push succeeded: Dokku (dokku/github-action#49),
 * Platform.sh and Upsun (platformsh/legacy-cli#1315), Scalingo, Piku.
 */
const complaints = /deploy did not complete|Error building project|Environment redeployment failed|Error deploying the application|Exiting due to (?:release|preflight)/;
function shallowRefusal(evidence) {
    return new PushError('transfer', 'The checkout is shallow: it lacks the history that a push needs.', 'Set fetch-depth: 0 at actions/checkout, or shallow: snapshot to push one commit of these files.', { evidence });
}
/**
 * A bare repository of our own that borrows the workspace's objects. Nothing that the workspace configures (hooks,
 * url rewriting, fsmonitor, receivepack, …) is read or run, and the workspace is not changed.
 */
class Repository {
    #task;
    #session;
    #facts;
    #directory = '';
    #env;
    constructor(task, session, facts) {
        this.#task = task;
        this.#session = session;
        this.#facts = facts;
        this.#env = { ...session.env, ...gitIsolation, GIT_ALLOW_PROTOCOL: 'ssh' };
    }
    get directory() {
        return this.#directory;
    }
    async create() {
        const { objectFormat, commonDirectory, shallow } = this.#facts;
        this.#directory = await (0,promises_namespaceObject.mkdtemp)((0,external_node_path_.join)(this.#session.folder, 'git-'));
        await this.local('git init', ['init', '--bare', '--quiet', '--template=', `--object-format=${objectFormat}`]);
        await (0,promises_namespaceObject.writeFile)((0,external_node_path_.join)(this.#directory, 'objects/info/alternates'), `${(0,external_node_path_.join)(commonDirectory, 'objects')}\n`);
        if (shallow)
            await copyPlain((0,external_node_path_.join)(commonDirectory, 'shallow'), (0,external_node_path_.join)(this.#directory, 'shallow'));
        await (0,promises_namespaceObject.writeFile)((0,external_node_path_.join)(this.#directory, 'HEAD'), `${this.#facts.head}\n`);
    }
    /** Fetches the missing history from where the checkout came from, with the credentials that it left. */
    async complete() {
        const { host, settings } = this.#task;
        const { stdout } = await this.run('git config', [
            `--git-dir=${this.#facts.commonDirectory}`,
            'config',
            '--includes',
            '--null',
            '--get-regexp',
            originKeys,
        ]);
        const origin = parseOrigin(stdout);
        if (!origin.fetchable)
            throw shallowRefusal(origin.url === '' ? 'it has no origin' : `origin ${origin.url}`);
        await (0,promises_namespaceObject.appendFile)((0,external_node_path_.join)(this.#directory, 'config'), origin.config);
        host.log.info('The checkout is shallow: fetching its history from its origin.');
        const fetched = await this.run('git fetch', [
            '--git-dir',
            this.#directory,
            'fetch',
            '--unshallow',
            '--no-tags',
            '--no-write-fetch-head',
            '--progress',
            '--',
            origin.url,
            this.#facts.head,
        ], { GIT_ALLOW_PROTOCOL: 'https:http:file', ...host.context.proxies }, { idle: settings.idleTimeout });
        if (fetched.code !== 0)
            throw shallowRefusal(fetched.stderr.trim().split('\n').at(-1) ?? '');
    }
    /** Where the branch is at the destination; empty when it does not exist. */
    async remoteTip(ref, task = this.#task) {
        const { output, failure } = await attempt(task, this.#session, this.command('git ls-remote', ['ls-remote', '--', this.#url(), ref]));
        if (output.code !== 0)
            throw await failure();
        const line = output.stdout.split('\n').find((each) => each.endsWith(`\t${ref}`));
        return line?.split('\t')[0] ?? '';
    }
    /** One commit with the files of HEAD on top of what the destination has; that itself when the files are the same. */
    async snapshot(ref, tip) {
        const { head } = this.#facts;
        if (tip !== '') {
            const fetch = ['fetch', '--depth=1', '--no-tags', '--no-write-fetch-head', '--quiet', '--', this.#url(), ref];
            const { output, failure } = await attempt(this.#task, this.#session, this.command('git fetch', fetch));
            if (output.code !== 0)
                throw await failure();
            const trees = await this.local('git rev-parse', ['rev-parse', `${tip}^{tree}`, `${head}^{tree}`]);
            const [theirs, ours] = trees.trim().split('\n');
            if (theirs === ours)
                return tip;
        }
        const parent = tip === '' ? [] : ['-p', tip];
        const commit = await this.local('git commit-tree', [
            'commit-tree',
            `${head}^{tree}`,
            ...parent,
            '-m',
            `Snapshot of ${head}`,
        ]);
        return commit.trim();
    }
    async push(revision, ref, tip) {
        const { settings, host } = this.#task;
        const said = createTail();
        const remoteSaid = createTail(mostKept);
        let complaint = '';
        const lease = settings.force ? [`--force-with-lease=${ref}:${tip ?? ''}`] : [];
        const dryRun = settings.dryRun ? ['--dry-run'] : [];
        const { output, failure } = await attempt(this.#task, this.#session, 
        // Full object names, so that the report can tell the previous revision.
        this.command('git push', [
            '-c',
            `core.abbrev=${revision.length}`,
            'push',
            '--porcelain',
            '--progress',
            ...dryRun,
            ...lease,
            '--',
            this.#url(),
            `${revision}:${ref}`,
        ]), {
            stderr(line) {
                const progress = /^(?:Compressing|Writing) objects: +(\d+)% (.*)$/.exec(line);
                if (progress !== null)
                    return host.log.progress({ percent: Number(progress[1]), detail: progress[2] ?? '' });
                said.push(line);
                const remote = /^remote: ?(.*?)\s*$/.exec(line)?.[1];
                if (remote === undefined)
                    return;
                host.log.remote(remote);
                remoteSaid.push(remote);
                if (complaints.test(remote))
                    complaint = remote;
            },
        });
        const line = output.stdout.split('\n').find((each) => each.split('\t')[1]?.endsWith(`:${ref}`));
        const [flag = '', , summary = ''] = line?.split('\t') ?? [];
        if (output.code === 0 && line !== undefined) {
            const previous = /^([0-9a-f]{40,64})\.{2,3}/.exec(summary)?.[1] ?? '';
            return { flag: flag.trim(), previous, complaint, said: remoteSaid.lines() };
        }
        const problem = await failure(`${summary}\n${said.text()}`);
        // The server may have accepted it before the line was cut: its ref knows.
        if (problem.retry && !settings.dryRun && (await this.#arrived(revision, ref)))
            return { flag: '*', previous: '', complaint, verified: true, said: remoteSaid.lines() };
        throw problem;
    }
    /**
     * What there is to say of a push that was ended for its silence when the branch has moved all the same: a hook may
     * have left a program behind that holds the line.
     * @throws the error when the branch has not moved, or does not tell so at once
     */
    async ended(error, revision, ref) {
        const { host, settings } = this.#task;
        if (!(error instanceof PushError) || error.errorClass !== 'timeout' || host.signal.aborted || settings.dryRun)
            throw error;
        const signal = AbortSignal.any([host.signal, AbortSignal.timeout(mostAsked)]);
        if (!(await this.#arrived(revision, ref, { ...this.#task, host: { ...host, signal } })))
            throw error;
        const failure = new PushError('timeout', `${error.cause} The branch there has moved all the same.`, 'Look at what its hooks wait for; what they leave running must write elsewhere: nohup … >/dev/null 2>&1 &');
        return { flag: '*', previous: '', complaint: '', verified: true, failure, said: [] };
    }
    async #arrived(revision, ref, task = this.#task) {
        try {
            await this.#session.connection.ready();
            return (await this.#readBack(revision, ref, task)) === revision;
        }
        catch {
            return false;
        }
    }
    /** A push that returned 0 is not yet a ref that moved: read it back. */
    async verify(revision, ref) {
        const tip = await this.#readBack(revision, ref, this.#task);
        if (tip === revision)
            return;
        throw new PushError('transfer', `git push succeeded, but ${ref} is not the revision that was pushed.`, 'Somebody may have pushed at the same moment, or a hook moved it back: look there, then run this again.', {
            evidence: `${ref} is ${tip || 'missing'}, pushed was ${revision}`,
        });
    }
    /** A receiver that only takes pushes answers no ls-remote; the beginning of another push tells what it has. */
    async #readBack(revision, ref, task) {
        try {
            return await this.remoteTip(ref, task);
        }
        catch (error) {
            if (!(error instanceof PushError) || error.errorClass !== 'remote-setup')
                throw error;
            if (await this.#isUpToDate(revision, ref, task))
                return revision;
            throw error;
        }
    }
    async #isUpToDate(revision, ref, task) {
        const args = ['push', '--porcelain', '--dry-run', '--', this.#url(), `${revision}:${ref}`];
        const { output } = await attempt(task, this.#session, this.command('git push --dry-run', args));
        return output.code === 0 && output.stdout.split('\n').some((line) => line.startsWith(`=\t${revision}:${ref}\t`));
    }
    /** What git prints with `-z`; nothing when it fails, as it does on a revision that is not here. */
    async fields(label, args) {
        const chunks = [];
        const bytes = (chunk) => chunks.push(chunk);
        const { code } = await this.run(label, ['--git-dir', this.#directory, ...args], {}, { bytes });
        return code === 0 ? Buffer.concat(chunks).toString('utf8').split('\0').slice(0, -1) : [];
    }
    #url() {
        const { destination } = this.#task.step;
        return `${loginWord(destination, true)}:${remotePath(destination)}`;
    }
    /** A command on our own repository. */
    command(label, args) {
        return { label, file: 'git', args: ['--git-dir', this.#directory, ...args], env: this.#env };
    }
    async run(label, args, env = {}, watch = {}) {
        const { host } = this.#task;
        const command = { label, file: 'git', args, env: { ...this.#env, ...env } };
        return await host.runner.run(command, { signal: host.signal, ...watch });
    }
    /** A command on our own repository that has no reason to fail. */
    async local(label, args) {
        const identity = {
            GIT_AUTHOR_NAME: 'dotcloud-push',
            GIT_AUTHOR_EMAIL: 'dotcloud-push@localhost',
            GIT_COMMITTER_NAME: 'dotcloud-push',
            GIT_COMMITTER_EMAIL: 'dotcloud-push@localhost',
        };
        const { code, stdout, stderr } = await this.run(label, ['--git-dir', this.#directory, ...args], identity);
        if (code === 0)
            return stdout;
        throw new PushError('input', `${label} could not read the workspace's repository.`, 'Check it out anew.', {
            evidence: stderr.trim(),
        });
    }
}
/** Copies a plain file; from a pipe of that name, a copy would wait for ever. */
async function copyPlain(from, to) {
    const content = await readPlain(from, 1 << 30);
    if (content !== undefined)
        await (0,promises_namespaceObject.writeFile)(to, content);
    return content !== undefined;
}

;// CONCATENATED MODULE: ./build/methods/git-leftovers.js




/** Warns of what is in the workspace and would silently not arrive, since git pushes commits only. */
async function git_leftovers_tellLeftBehind(repository, task, facts) {
    const { log } = task.host;
    const own = ['--git-dir', repository.directory];
    const [changed, submodules, lfs] = await Promise.all([
        uncommitted(repository, task, facts),
        repository.run('git rev-parse', [...own, 'rev-parse', '--verify', '--quiet', 'HEAD:.gitmodules']),
        repository.run('git grep', [...own, 'grep', '--quiet', 'filter=lfs', 'HEAD', '--', ':(glob)**/.gitattributes']),
    ]);
    if (changed.length > 0) {
        log.warning(`git pushes commits only; not committed, so not pushed: ${listNames(changed)}. Commit them, or set method: rsync.`);
    }
    if (submodules.code === 0) {
        log.warning('git does not push the content of submodules; set method: rsync to send it.');
    }
    if (lfs.code === 0) {
        log.warning('Files in Git LFS are pushed as pointers only; set method: rsync (and lfs: true at the checkout) to send them.');
    }
}
/** Changed and untracked files, seen through our repository: no filter, hook or monitor of the workspace runs. */
async function uncommitted(repository, task, facts) {
    if (!(await borrowIndex(repository, facts)))
        return [];
    const tree = ['--work-tree', task.step.workspace.root];
    const plain = ['-c', 'core.quotePath=false', ...(await reading(repository, facts))];
    const { stdout } = await repository.run('git status', [
        '--git-dir',
        repository.directory,
        ...tree,
        ...plain,
        'status',
        '--porcelain',
        '--no-renames',
        '--ignore-submodules=all',
    ]);
    const lines = stdout.split('\n').filter((line) => line.length > 3);
    const changed = lines.flatMap((line) => (line[1] === 'M' ? [line.slice(3)] : []));
    const unknown = await filtered(repository, task, tree, changed);
    return lines.map((line) => line.slice(3)).filter((name) => !unknown.has(name));
}
/** A copy of the index, in one or two parts, and of what is ignored here alone. */
async function borrowIndex(repository, { directory, commonDirectory }) {
    const shared = (await (0,promises_namespaceObject.readdir)(directory)).filter((name) => name.startsWith('sharedindex.'));
    await (0,promises_namespaceObject.mkdir)((0,external_node_path_.join)(repository.directory, 'info'), { recursive: true });
    const [copied] = await Promise.all([
        copyPlain((0,external_node_path_.join)(directory, 'index'), (0,external_node_path_.join)(repository.directory, 'index')),
        copyPlain((0,external_node_path_.join)(commonDirectory, 'info/exclude'), (0,external_node_path_.join)(repository.directory, 'info/exclude')),
        ...shared.map((name) => copyPlain((0,external_node_path_.join)(directory, name), (0,external_node_path_.join)(repository.directory, name))),
    ]);
    return copied;
}
/** The workspace's settings, as options, by which a file that was checked out is the same as the committed one. */
async function reading(repository, { commonDirectory }) {
    const file = (0,external_node_path_.join)(commonDirectory, 'config');
    const keys = '^core\\.(autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode)$';
    const { stdout } = await repository.run('git config', ['config', '--file', file, '--null', '--get-regexp', keys]);
    return stdout.split('\0').flatMap((entry) => (entry === '' ? [] : ['-c', entry.replace('\n', '=')]));
}
/** Those of the files whose content goes through a filter such as LFS; without running it nobody can tell changes. */
async function filtered(repository, { host }, tree, names) {
    if (names.length === 0)
        return new Set();
    const args = [...tree, 'check-attr', '-z', '--stdin', 'filter'];
    const command = { ...repository.command('git check-attr', args), stdin: `${names.join('\0')}\0` };
    const { stdout } = await host.runner.run(command, { signal: host.signal });
    const fields = stdout.split('\0');
    const isSet = (value = 'unset') => value !== 'unset' && value !== 'unspecified';
    return new Set(fields.filter((_, index) => index % 3 === 0 && isSet(fields[index + 2])));
}

;// CONCATENATED MODULE: ./build/methods/git.js






const git_git = { name: 'git', preflight: git_preflight, upload: git_upload, question: git_question };
async function git_preflight({ step, settings, host }) {
    const facts = git_factsOf(step.workspace.git);
    const branch = step.targetBranch;
    const { code } = await host.runner.capture({
        label: 'git check-ref-format',
        file: 'git',
        args: ['check-ref-format', `refs/heads/${branch}`],
        env: gitIsolation,
    });
    if (code !== 0 || branch.startsWith('-')) {
        throw new PushError('input', `Input target-branch is ${JSON.stringify(branch)}, which is not a branch name.`, 'Write a name that `git check-ref-format --branch` accepts.');
    }
    if (facts.partial) {
        throw new PushError('input', 'The checkout is a partial clone: objects that the push needs are not here.', 'Remove `filter` from actions/checkout.');
    }
    if (facts.shallow && settings.shallow === 'fail')
        throw shallowRefusal('');
}
async function git_upload(task, session) {
    const { step, settings } = task;
    const facts = git_factsOf(step.workspace.git);
    const repository = new Repository(task, session, facts);
    await repository.create();
    await git_leftovers_tellLeftBehind(repository, task, facts);
    if (facts.shallow && settings.shallow === 'auto')
        await repository.complete();
    await session.connection.ready();
    const ref = `refs/heads/${step.targetBranch}`;
    const snapshot = facts.shallow && settings.shallow === 'snapshot';
    const tip = settings.force || snapshot ? await repository.remoteTip(ref) : undefined;
    const revision = snapshot ? await repository.snapshot(ref, tip ?? '') : facts.head;
    const pushed = await repository
        .push(revision, ref, tip)
        .catch((error) => repository.ended(error, revision, ref));
    const unchanged = pushed.flag === '=';
    const previousRevision = unchanged ? revision : pushed.previous || tip || '';
    const bringing = unchanged ? { changes: [] } : difference(repository, task, previousRevision, revision);
    const known = unchanged || settings.dryRun || pushed.verified === true;
    const verified = known ? undefined : repository.verify(revision, ref).finally(() => bringing);
    // What the push brought is found out while the branch is read back.
    const [brought] = await Promise.all([bringing, verified]);
    const failure = pushed.complaint === '' ? pushed.failure : complained(pushed.complaint, session);
    return {
        result: settings.dryRun ? 'planned' : unchanged ? 'unchanged' : 'deployed',
        revision,
        previousRevision,
        said: pushed.said,
        ...brought,
        ...(failure === undefined ? {} : { failure }),
    };
}
/** `git ls-remote` of the branch. */
async function git_question(task, session) {
    const repository = new Repository(task, session, git_factsOf(task.step.workspace.git));
    await repository.create();
    const branch = task.step.targetBranch;
    const tip = await repository.remoteTip(`refs/heads/${branch}`);
    return tip === '' ? `a git repository without ${branch}` : `a git repository, whose ${branch} is ${tip.slice(0, 12)}`;
}
function complained(evidence, session) {
    return new PushError('deploy', `git pushed the commit, but ${formatLogin(session.login)} says that its deployment failed.`, 'Read what the server said above.', { evidence });
}
function git_factsOf(facts) {
    if (facts === undefined)
        throw new Error('The git method needs a git workspace.');
    return facts;
}

;// CONCATENATED MODULE: ./build/methods/index.js



/** The registry, in dotCloud's order of detection. */
const methods = { hg: hg, git: git_git, rsync: rsync };

;// CONCATENATED MODULE: ./build/core/deploy.js





/** How much of each, in characters. */
const longestTail = 2_000;
/**
 * Runs the deploy command, once, exactly as it is written: a forced command at the other side sees just these words.
 * Three ends are told apart by what ssh logged: its own exit code, death by a signal, and a line that was lost.
 */
async function deploy(command, session, host, settings) {
    const { connection } = session;
    await connection.ready();
    const tail = [];
    const show = (line) => {
        tail.push(line.slice(0, longestTail));
        if (tail.length > mostKept)
            tail.shift();
        host.log.remote(line);
    };
    const start = (await connection.log()).length;
    const remote = connection.remote('deploy command', command);
    host.log.info(`$ ${command}`);
    try {
        const watch = { signal: host.signal, idle: settings.idleTimeout, stdout: show, stderr: show };
        const { code } = await host.runner.run(remote, watch);
        if (code === 0)
            return { exitCode: 0, tail, failure: undefined };
        const end = commandEnd(await connection.log(start));
        return { exitCode: end === 'status' ? code : undefined, tail, failure: failed(end, code, session, tail) };
    }
    catch (error) {
        const end = commandEnd(await connection.log(start));
        await stopRemote(session, host);
        if (!(error instanceof PushError))
            throw error;
        const silent = error.errorClass === 'timeout' && !host.signal.aborted;
        return { exitCode: undefined, tail, failure: silent && end !== 'lost' ? heldOpen(error) : error };
    }
}
/** The server has told how the command ended, and yet its output went on. */
function heldOpen({ cause }) {
    return new PushError('timeout', 'The deploy command has ended, but a program that it started holds its output open.', 'Let what stays write elsewhere: nohup … >/dev/null 2>&1 &', { evidence: cause });
}
function failed(end, code, session, tail) {
    const evidence = tail.at(-1) ?? '';
    if (end === 'lost') {
        return new PushError('unknown-state', 'The connection was lost while the deploy command ran: it may have succeeded, failed, or still be running.', `Look on ${formatLogin(session.login)} before you deploy again.`, { evidence });
    }
    if (end === 'signal' || code === undefined) {
        return new PushError('deploy', 'The deploy command was killed by a signal on the server.', "Look into the server's log: when memory runs out, the kernel kills.", { evidence });
    }
    const signal = code > 128 && code < 160 ? ` (a program in it was killed by signal ${code - 128})` : '';
    return new PushError('deploy', `The deploy command failed with exit code ${code}${signal}.`, 'Its output tells why; the new content is on the server.', { evidence });
}

;// CONCATENATED MODULE: ./build/core/addresses.js
/** A page of a repository on the web, as the CI names its server and the repository; anything but a plain address is none. */
function repositoryPage(server = '', repository = '') {
    const page = `${server}/${repository}`;
    return /^https:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*){2}$/.test(page)
        ? page
        : undefined;
}
/** How platforms tell, in their last lines, where an application is. */
const told = [
    // Dokku
    /^=====> Application deployed:\n(\S+)$/m,
    // Scalingo
    /^<-- (\S+) -->$/m,
    // Upsun, Platform.sh
    /^(\S+) is served by application `/m,
];
/** Where a platform says that the application is; empty when none of those that we know has said so. */
function applicationAddress(lines) {
    const text = lines.map((line) => line.replaceAll(addresses_escapes, '').trim()).join('\n');
    const addresses = told.flatMap((pattern) => pattern.exec(text)?.[1] ?? []);
    return addresses.find((address) => address.length <= 200 && plainAddress.test(address)) ?? '';
}
const plainAddress = /^https?:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[A-Za-z0-9/_.~-]*)?$/i;
/** What moves a terminal's cursor or colors it. */
const addresses_escapes = /\u001b\[[0-?]*[ -/]*[@-~]/g;

;// CONCATENATED MODULE: ./build/core/report.js




/** Titles under which the stages appear in the log. */
const titles = {
    settings: 'Settings',
    connect: 'Connect',
    push: 'Push',
    deploy: 'Deploy',
};
/** Keeps the books of a run: where it is, how long that took, what came of it. */
class Ledger {
    stage = 'settings';
    #host;
    #start;
    #times = [];
    #since;
    #notes = {};
    #plan = {};
    /** The repository's commit that was checked out, as far as the repository's page would have it. */
    #commit;
    #upload;
    constructor(host) {
        this.#host = host;
        this.#start = host.clock.now();
        this.#since = this.#start;
        host.log.group(titles.settings);
    }
    enter(stage) {
        if (stage === this.stage)
            return;
        this.#leave();
        this.stage = stage;
        this.#host.log.group(titles[stage]);
    }
    #leave() {
        const now = this.#host.clock.now();
        this.#times.push({ name: this.stage, seconds: (now - this.#since) / 1000 });
        this.#since = now;
        this.#host.log.endGroup();
    }
    note = (notes) => {
        this.#notes = { ...this.#notes, ...notes };
    };
    plan(steps, login) {
        const upload = steps.find((step) => step.verb === 'upload');
        this.#commit = upload?.workspace.method === 'hg' ? undefined : upload?.workspace.sha;
        this.#plan = {
            plan: formatPlan(steps),
            method: upload?.workspace.method ?? '',
            reason: upload?.workspace.reason ?? '',
            ref: upload?.workspace.branch ?? '',
            targetRef: upload?.workspace.method === 'git' ? upload.targetBranch : '',
            destination: upload === undefined ? `ssh://${formatLogin(login)}` : formatDestination(upload.destination),
        };
    }
    /** Of several uploads, the first changed one speaks for the run. */
    upload(upload) {
        const first = this.#upload;
        if (first === undefined)
            this.#upload = upload;
        else if (first.result === 'unchanged')
            this.#upload = upload;
        else {
            const guards = [...(first.guards ?? []), ...(upload.guards ?? [])];
            this.#upload = { ...first, changes: [...first.changes, ...upload.changes], guards };
        }
    }
    skip(reason) {
        this.#plan = { reason };
        this.#leave();
        return this.#report('skipped');
    }
    close(dryRun) {
        this.#leave();
        return this.#report(dryRun ? 'planned' : (this.#upload?.result ?? 'deployed'));
    }
    fail(error) {
        this.#leave();
        return { ...this.#report('failed'), failedStage: this.stage, failure: explain(error) };
    }
    #report(result) {
        const upload = this.#upload;
        const page = this.#commit !== undefined && upload?.revision === this.#commit && this.#host.context.repository;
        return {
            result,
            failedStage: '',
            failure: undefined,
            uploaded: upload !== undefined && upload.result !== 'planned',
            app: '',
            method: '',
            reason: '',
            destination: '',
            ref: '',
            targetRef: '',
            revision: upload?.revision ?? '',
            previousRevision: upload?.previousRevision ?? '',
            repository: page || '',
            url: applicationAddress([...(upload?.said ?? []), ...(this.#notes.tail ?? [])]),
            changes: upload?.changes ?? [],
            commits: upload?.commits ?? [],
            commitCount: upload?.commitCount ?? 0,
            guards: upload?.guards ?? [],
            bytesToSend: result === 'planned' ? toSend(this.#plan.method, upload) : undefined,
            bytesSent: undefined,
            deployExitCode: undefined,
            hostKeyFingerprint: '',
            seconds: (this.#host.clock.now() - this.#start) / 1000,
            stages: this.#times,
            plan: '',
            said: upload?.said ?? [],
            tail: [],
            ...this.#plan,
            ...this.#notes,
        };
    }
}
/** What a push would send at most: the method's own number, or for rsync the size of the files that it lists. */
function toSend(method, upload) {
    if (upload === undefined || method !== 'rsync')
        return upload?.bytesToSend;
    return upload.changes.reduce((sum, { kind, size = 0 }) => sum + (kind === 'deleted' ? 0 : size), 0);
}
/** Nothing when nothing was replaced. */
function report_rollback({ uploaded, method, changes, commits, previousRevision, revision, }) {
    const fresh = previousRevision === '' && changes.every(({ kind }) => kind === 'added');
    if (!uploaded || method === '' || fresh || (changes.length === 0 && previousRevision === revision))
        return;
    const before = commits.length > 0 && /^[0-9a-f]{40,64}$/.test(previousRevision) ? previousRevision : '';
    const message = `-m 'Back to ${before.slice(0, 10)}'`;
    return {
        git: {
            advice: 'Push the earlier state as a new commit: that is deployed like any other. An earlier run, run again, needs force: true, since git does not go back by itself.',
            command: before && `git restore --source=${before} --staged --worktree :/ &&\ngit commit ${message} &&\ngit push`,
        },
        hg: {
            advice: 'Push the earlier state as a new changeset: that is deployed like any other. An earlier run, run again, changes nothing, since hg push only adds.',
            command: before && `hg revert --all --rev ${before} &&\nhg commit ${message} &&\nhg push`,
        },
        rsync: {
            advice: 'Run the earlier run of this workflow again: it sends the files as they were. What only the destination had, and was deleted, does not come back.',
            command: '',
        },
    }[method];
}
/** How a kind of change is written before a name. */
const report_signs = { added: '+', changed: '~', deleted: '-' };
/** The changes as they are listed: what is lost comes first. */
function report_sortChanges(changes) {
    return ['deleted', 'changed', 'added'].flatMap((wanted) => changes.filter(({ kind }) => kind === wanted));
}
/** A run in one line. */
function headline(report) {
    if (report.result === 'skipped')
        return `skipped: ${report.reason}`;
    const { changed, deleted } = report_countChanges(report);
    const end = `${report.seconds.toFixed(1)} s`;
    if (report.failure !== undefined)
        return `failed (${report.failure.errorClass}) after ${end}`;
    return `${report.result} in ${end}: ${changed} changed, ${deleted} deleted`;
}
/** Where the time went, in one line; GitHub folds the stages away. */
function times({ stages }) {
    return stages.map((stage) => `${titles[stage.name]} ${stage.seconds.toFixed(2)} s`).join(' · ');
}
/** How many files a push changed (or added) and deleted; directories do not count. */
function report_countChanges({ changes }) {
    const files = changes.filter(({ path }) => !path.endsWith('/'));
    const deleted = files.filter(({ kind }) => kind === 'deleted').length;
    return { changed: files.length - deleted, deleted };
}
/** The report as the outputs name it, every value a text; `report` is the front's. */
function toValues(report) {
    const { changed, deleted } = report_countChanges(report);
    const text = (value) => (value === undefined ? '' : String(value));
    return {
        result: report.result,
        'failed-stage': report.failedStage,
        'error-class': report.failure?.errorClass ?? '',
        uploaded: String(report.uploaded),
        method: report.method,
        destination: report.destination,
        revision: report.revision,
        'previous-revision': report.previousRevision,
        'changed-files': String(changed),
        'deleted-files': String(deleted),
        'bytes-sent': text(report.bytesSent),
        'deploy-exit-code': text(report.deployExitCode),
        'host-key-fingerprint': report.hostKeyFingerprint,
        seconds: report.seconds.toFixed(1),
        plan: report.plan,
    };
}
/** The report as JSON: the outputs with their own types, and what does not fit into an output. */
function toJson(report) {
    const { changed, deleted } = report_countChanges(report);
    const back = report_rollback(report);
    return {
        ...toValues(report),
        app: report.app,
        reason: report.reason,
        error: report.failure ?? null,
        uploaded: report.uploaded,
        'changed-files': changed,
        'deleted-files': deleted,
        'bytes-sent': report.bytesSent ?? null,
        'deploy-exit-code': report.deployExitCode ?? null,
        seconds: milliseconds(report.seconds),
        plan: report.plan === '' ? null : JSON.parse(report.plan),
        stages: report.stages.map(({ name, seconds }) => ({ name, seconds: milliseconds(seconds) })),
        files: report.changes,
        ref: report.ref,
        'target-ref': report.targetRef,
        repository: report.repository,
        url: report.url,
        commits: report.commits,
        'commit-count': report.commitCount,
        guards: report.guards,
        'bytes-to-send': report.bytesToSend ?? null,
        rollback: back === undefined ? '' : [back.advice, back.command].filter((part) => part !== '').join('\n'),
        'push-output': report.said,
        'deploy-output': report.tail,
    };
}
/** The report's JSON as a text in pieces, an element of a list on a line of its own: there may be very many. */
function* jsonText(json) {
    let separator = '{';
    for (const [key, value] of Object.entries(json)) {
        yield `${separator}\n  ${JSON.stringify(key)}: `;
        if (Array.isArray(value) && value.length > 0)
            yield* listText(value);
        else
            yield JSON.stringify(value);
        separator = ',';
    }
    yield separator === '{' ? '{}\n' : '\n}\n';
}
function* listText(list) {
    const atOnce = 1_000;
    for (let start = 0; start < list.length; start += atOnce) {
        const lines = list.slice(start, start + atOnce).map((element) => `\n    ${JSON.stringify(element)}`);
        yield `${start === 0 ? '[' : ','}${lines.join(',')}`;
    }
    yield '\n  ]';
}
/** Seconds, cut to milliseconds. */
function milliseconds(seconds) {
    return Math.round(seconds * 1000) / 1000;
}

;// CONCATENATED MODULE: external "assert"
const external_assert_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("assert");
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");
;// CONCATENATED MODULE: external "fs"
const external_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io-util.js
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { chmod, copyFile, lstat, mkdir, open: io_util_open, readdir, rename, rm, rmdir, stat, symlink, unlink } = external_fs_namespaceObject.promises;
// export const {open} = 'fs'
const IS_WINDOWS = process.platform === 'win32';
/**
 * Custom implementation of readlink to ensure Windows junctions
 * maintain trailing backslash for backward compatibility with Node.js < 24
 *
 * In Node.js 20, Windows junctions (directory symlinks) always returned paths
 * with trailing backslashes. Node.js 24 removed this behavior, which breaks
 * code that relied on this format for path operations.
 *
 * This implementation restores the Node 20 behavior by adding a trailing
 * backslash to all junction results on Windows.
 */
function readlink(fsPath) {
    return __awaiter(this, void 0, void 0, function* () {
        const result = yield fs.promises.readlink(fsPath);
        // On Windows, restore Node 20 behavior: add trailing backslash to all results
        // since junctions on Windows are always directory links
        if (IS_WINDOWS && !result.endsWith('\\')) {
            return `${result}\\`;
        }
        return result;
    });
}
// See https://github.com/nodejs/node/blob/d0153aee367422d0858105abec186da4dff0a0c5/deps/uv/include/uv/win.h#L691
const UV_FS_O_EXLOCK = 0x10000000;
const READONLY = external_fs_namespaceObject.constants.O_RDONLY;
function io_util_exists(fsPath) {
    return __awaiter(this, void 0, void 0, function* () {
        try {
            yield stat(fsPath);
        }
        catch (err) {
            if (err.code === 'ENOENT') {
                return false;
            }
            throw err;
        }
        return true;
    });
}
function io_util_isDirectory(fsPath_1) {
    return __awaiter(this, arguments, void 0, function* (fsPath, useStat = false) {
        const stats = useStat ? yield stat(fsPath) : yield lstat(fsPath);
        return stats.isDirectory();
    });
}
/**
 * On OSX/Linux, true if path starts with '/'. On Windows, true for paths like:
 * \, \hello, \\hello\share, C:, and C:\hello (and corresponding alternate separator cases).
 */
function isRooted(p) {
    p = normalizeSeparators(p);
    if (!p) {
        throw new Error('isRooted() parameter "p" cannot be empty');
    }
    if (IS_WINDOWS) {
        return (p.startsWith('\\') || /^[A-Z]:/i.test(p) // e.g. \ or \hello or \\hello
        ); // e.g. C: or C:\hello
    }
    return p.startsWith('/');
}
/**
 * Best effort attempt to determine whether a file exists and is executable.
 * @param filePath    file path to check
 * @param extensions  additional file extensions to try
 * @return if file exists and is executable, returns the file path. otherwise empty string.
 */
function tryGetExecutablePath(filePath, extensions) {
    return __awaiter(this, void 0, void 0, function* () {
        let stats = undefined;
        try {
            // test file exists
            stats = yield stat(filePath);
        }
        catch (err) {
            if (err.code !== 'ENOENT') {
                // eslint-disable-next-line no-console
                console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
            }
        }
        if (stats && stats.isFile()) {
            if (IS_WINDOWS) {
                // on Windows, test for valid extension
                const upperExt = external_path_namespaceObject.extname(filePath).toUpperCase();
                if (extensions.some(validExt => validExt.toUpperCase() === upperExt)) {
                    return filePath;
                }
            }
            else {
                if (isUnixExecutable(stats)) {
                    return filePath;
                }
            }
        }
        // try each extension
        const originalFilePath = filePath;
        for (const extension of extensions) {
            filePath = originalFilePath + extension;
            stats = undefined;
            try {
                stats = yield stat(filePath);
            }
            catch (err) {
                if (err.code !== 'ENOENT') {
                    // eslint-disable-next-line no-console
                    console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
                }
            }
            if (stats && stats.isFile()) {
                if (IS_WINDOWS) {
                    // preserve the case of the actual file (since an extension was appended)
                    try {
                        const directory = external_path_namespaceObject.dirname(filePath);
                        const upperName = external_path_namespaceObject.basename(filePath).toUpperCase();
                        for (const actualName of yield readdir(directory)) {
                            if (upperName === actualName.toUpperCase()) {
                                filePath = external_path_namespaceObject.join(directory, actualName);
                                break;
                            }
                        }
                    }
                    catch (err) {
                        // eslint-disable-next-line no-console
                        console.log(`Unexpected error attempting to determine the actual case of the file '${filePath}': ${err}`);
                    }
                    return filePath;
                }
                else {
                    if (isUnixExecutable(stats)) {
                        return filePath;
                    }
                }
            }
        }
        return '';
    });
}
function normalizeSeparators(p) {
    p = p || '';
    if (IS_WINDOWS) {
        // convert slashes on Windows
        p = p.replace(/\//g, '\\');
        // remove redundant slashes
        return p.replace(/\\\\+/g, '\\');
    }
    // remove redundant slashes
    return p.replace(/\/\/+/g, '/');
}
// on Mac/Linux, test the execute bit
//     R   W  X  R  W X R W X
//   256 128 64 32 16 8 4 2 1
function isUnixExecutable(stats) {
    return ((stats.mode & 1) > 0 ||
        ((stats.mode & 8) > 0 &&
            process.getgid !== undefined &&
            stats.gid === process.getgid()) ||
        ((stats.mode & 64) > 0 &&
            process.getuid !== undefined &&
            stats.uid === process.getuid()));
}
// Get the path of cmd.exe in windows
function getCmdPath() {
    var _a;
    return (_a = process.env['COMSPEC']) !== null && _a !== void 0 ? _a : `cmd.exe`;
}
//# sourceMappingURL=io-util.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io.js
var io_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



/**
 * Copies a file or folder.
 * Based off of shelljs - https://github.com/shelljs/shelljs/blob/9237f66c52e5daa40458f94f9565e18e8132f5a6/src/cp.js
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See CopyOptions.
 */
function cp(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        const { force, recursive, copySourceDirectory } = readCopyOptions(options);
        const destStat = (yield ioUtil.exists(dest)) ? yield ioUtil.stat(dest) : null;
        // Dest is an existing file, but not forcing
        if (destStat && destStat.isFile() && !force) {
            return;
        }
        // If dest is an existing directory, should copy inside.
        const newDest = destStat && destStat.isDirectory() && copySourceDirectory
            ? path.join(dest, path.basename(source))
            : dest;
        if (!(yield ioUtil.exists(source))) {
            throw new Error(`no such file or directory: ${source}`);
        }
        const sourceStat = yield ioUtil.stat(source);
        if (sourceStat.isDirectory()) {
            if (!recursive) {
                throw new Error(`Failed to copy. ${source} is a directory, but tried to copy without recursive flag.`);
            }
            else {
                yield cpDirRecursive(source, newDest, 0, force);
            }
        }
        else {
            if (path.relative(source, newDest) === '') {
                // a file cannot be copied to itself
                throw new Error(`'${newDest}' and '${source}' are the same file`);
            }
            yield io_copyFile(source, newDest, force);
        }
    });
}
/**
 * Moves a path.
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See MoveOptions.
 */
function mv(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        if (yield ioUtil.exists(dest)) {
            let destExists = true;
            if (yield ioUtil.isDirectory(dest)) {
                // If dest is directory copy src into dest
                dest = path.join(dest, path.basename(source));
                destExists = yield ioUtil.exists(dest);
            }
            if (destExists) {
                if (options.force == null || options.force) {
                    yield rmRF(dest);
                }
                else {
                    throw new Error('Destination already exists');
                }
            }
        }
        yield mkdirP(path.dirname(dest));
        yield ioUtil.rename(source, dest);
    });
}
/**
 * Remove a path recursively with force
 *
 * @param inputPath path to remove
 */
function rmRF(inputPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (IS_WINDOWS) {
            // Check for invalid characters
            // https://docs.microsoft.com/en-us/windows/win32/fileio/naming-a-file
            if (/[*"<>|]/.test(inputPath)) {
                throw new Error('File path must not contain `*`, `"`, `<`, `>` or `|` on Windows');
            }
        }
        try {
            // note if path does not exist, error is silent
            yield rm(inputPath, {
                force: true,
                maxRetries: 3,
                recursive: true,
                retryDelay: 300
            });
        }
        catch (err) {
            throw new Error(`File was unable to be removed ${err}`);
        }
    });
}
/**
 * Make a directory.  Creates the full path with folders in between
 * Will throw if it fails
 *
 * @param   fsPath        path to create
 * @returns Promise<void>
 */
function mkdirP(fsPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        ok(fsPath, 'a path argument must be provided');
        yield ioUtil.mkdir(fsPath, { recursive: true });
    });
}
/**
 * Returns path of a tool had the tool actually been invoked.  Resolves via paths.
 * If you check and the tool does not exist, it will throw.
 *
 * @param     tool              name of the tool
 * @param     check             whether to check if tool exists
 * @returns   Promise<string>   path to tool
 */
function which(tool, check) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // recursive when check=true
        if (check) {
            const result = yield which(tool, false);
            if (!result) {
                if (IS_WINDOWS) {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also verify the file has a valid extension for an executable file.`);
                }
                else {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also check the file mode to verify the file is executable.`);
                }
            }
            return result;
        }
        const matches = yield findInPath(tool);
        if (matches && matches.length > 0) {
            return matches[0];
        }
        return '';
    });
}
/**
 * Returns a list of all occurrences of the given tool on the system path.
 *
 * @returns   Promise<string[]>  the paths of the tool
 */
function findInPath(tool) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // build the list of extensions to try
        const extensions = [];
        if (IS_WINDOWS && process.env['PATHEXT']) {
            for (const extension of process.env['PATHEXT'].split(external_path_namespaceObject.delimiter)) {
                if (extension) {
                    extensions.push(extension);
                }
            }
        }
        // if it's rooted, return it if exists. otherwise return empty.
        if (isRooted(tool)) {
            const filePath = yield tryGetExecutablePath(tool, extensions);
            if (filePath) {
                return [filePath];
            }
            return [];
        }
        // if any path separators, return empty
        if (tool.includes(external_path_namespaceObject.sep)) {
            return [];
        }
        // build the list of directories
        //
        // Note, technically "where" checks the current directory on Windows. From a toolkit perspective,
        // it feels like we should not do this. Checking the current directory seems like more of a use
        // case of a shell, and the which() function exposed by the toolkit should strive for consistency
        // across platforms.
        const directories = [];
        if (process.env.PATH) {
            for (const p of process.env.PATH.split(external_path_namespaceObject.delimiter)) {
                if (p) {
                    directories.push(p);
                }
            }
        }
        // find all matches
        const matches = [];
        for (const directory of directories) {
            const filePath = yield tryGetExecutablePath(external_path_namespaceObject.join(directory, tool), extensions);
            if (filePath) {
                matches.push(filePath);
            }
        }
        return matches;
    });
}
function readCopyOptions(options) {
    const force = options.force == null ? true : options.force;
    const recursive = Boolean(options.recursive);
    const copySourceDirectory = options.copySourceDirectory == null
        ? true
        : Boolean(options.copySourceDirectory);
    return { force, recursive, copySourceDirectory };
}
function cpDirRecursive(sourceDir, destDir, currentDepth, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        // Ensure there is not a run away recursive copy
        if (currentDepth >= 255)
            return;
        currentDepth++;
        yield mkdirP(destDir);
        const files = yield ioUtil.readdir(sourceDir);
        for (const fileName of files) {
            const srcFile = `${sourceDir}/${fileName}`;
            const destFile = `${destDir}/${fileName}`;
            const srcFileStat = yield ioUtil.lstat(srcFile);
            if (srcFileStat.isDirectory()) {
                // Recurse
                yield cpDirRecursive(srcFile, destFile, currentDepth, force);
            }
            else {
                yield io_copyFile(srcFile, destFile, force);
            }
        }
        // Change the mode for the newly created directory
        yield ioUtil.chmod(destDir, (yield ioUtil.stat(sourceDir)).mode);
    });
}
// Buffered file copy
function io_copyFile(srcFile, destFile, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        if ((yield ioUtil.lstat(srcFile)).isSymbolicLink()) {
            // unlink/re-link it
            try {
                yield ioUtil.lstat(destFile);
                yield ioUtil.unlink(destFile);
            }
            catch (e) {
                // Try to override file permission
                if (e.code === 'EPERM') {
                    yield ioUtil.chmod(destFile, '0666');
                    yield ioUtil.unlink(destFile);
                }
                // other errors = it doesn't exist, no work to do
            }
            // Copy over symlink
            const symlinkFull = yield ioUtil.readlink(srcFile);
            yield ioUtil.symlink(symlinkFull, destFile, ioUtil.IS_WINDOWS ? 'junction' : null);
        }
        else if (!(yield ioUtil.exists(destFile)) || force) {
            yield ioUtil.copyFile(srcFile, destFile);
        }
    });
}
//# sourceMappingURL=io.js.map
;// CONCATENATED MODULE: ./build/core/connection.js








/** Seconds to wait before the second, third, … attempt; the last one repeats. */
const delays = [2, 5, 10];
/** Milliseconds in which ssh can be expected to leave. */
const connection_mostAwaited = 1_000;
/** Milliseconds between two looks for the socket of a connection that is being opened. */
const lookInterval = 5;
function createConnection(options, settings, host) {
    const { folder, env, login } = options;
    const { proxyJump: jump } = settings;
    const socket = (0,external_node_path_.join)(folder, fileNames.socket);
    const wrapper = (0,external_node_path_.join)(folder, fileNames.wrapper);
    let master;
    let opening;
    const closing = new AbortController();
    const signal = AbortSignal.any([host.signal, closing.signal]);
    const text = async (name) => await (0,promises_namespaceObject.readFile)((0,external_node_path_.join)(folder, name), 'utf8').catch(() => '');
    const log = async (from = 0) => (await text(fileNames.log)).slice(from);
    const offered = async () => parseOffered(await text(fileNames.offered));
    const ssh = (label, args, stdin) => ({
        label,
        file: wrapper,
        args,
        env,
        ...(stdin === undefined ? {} : { stdin }),
    });
    /** One attempt: resolves when the socket is there, which ssh makes after the login. */
    async function dial(sshOptions) {
        // The first attempt must not wait for the disk: other processes start at the same moment.
        if ((0,external_node_fs_.existsSync)(socket))
            await (0,promises_namespaceObject.rm)(socket, { force: true });
        const start = (0,external_node_fs_.existsSync)((0,external_node_path_.join)(folder, fileNames.log)) ? (await log()).length : 0;
        const running = host.runner.start({
            label: 'ssh',
            file: (0,external_node_path_.join)(folder, fileNames.keeper),
            args: sshOptions,
            cwd: folder,
            env,
        });
        let ended = false;
        let broken;
        running.done
            .catch((error) => {
            broken = error;
        })
            .finally(() => {
            ended = true;
            if (master === running)
                master = undefined;
        });
        const deadline = host.clock.now() + settings.connectTimeout * 1000;
        try {
            while (!(0,external_node_fs_.existsSync)(socket)) {
                if (ended)
                    throw broken ?? connectFailure(await log(start), { ...options, ...settings, jump, offered: await offered() });
                if (host.clock.now() > deadline)
                    throw tooSlow();
                await host.clock.sleep(lookInterval, signal);
            }
            master = running;
            const software = serverSoftware(await log(start));
            const shown = (await offered()).at(-1);
            host.log.info(`Logged in to ${formatLogin(login)}${software === '' ? '' : ` (${software})`}`);
            if (shown !== undefined)
                host.log.info(`Host key ${shown.fingerprint} (${shown.type})`);
        }
        catch (error) {
            await running.stop();
            throw error;
        }
    }
    function tooSlow() {
        return new PushError('timeout', `${formatLogin(login)} did not complete the login within ${settings.connectTimeout} s.`, 'Check host, port and firewall, or raise connect-timeout.', { retry: true });
    }
    /** A pinned fingerprint may belong to another of the server's keys than the one it shows first: ask for the next. */
    async function dialForPinnedKey() {
        const others = [];
        let first;
        for (;;) {
            try {
                return await dial(others.length === 0 ? [] : ['-o', `HostKeyAlgorithms=-${others.join(',')}`]);
            }
            catch (error) {
                if (!(error instanceof PushError))
                    throw error;
                const type = (await offered()).at(-1)?.type;
                const algorithms = type === 'ssh-rsa' ? 'rsa-sha2-*,ssh-rsa*' : `${type}*`;
                const exhausted = error.errorClass === 'remote-setup' || others.includes(algorithms);
                if (first !== undefined && exhausted)
                    throw first;
                if (error.errorClass !== 'host-key' || settings.hostKeys.fingerprints.length === 0 || type === undefined)
                    throw error;
                first ??= error;
                others.push(algorithms);
            }
        }
    }
    async function open() {
        const lost = master;
        master = undefined;
        await lost?.stop();
        for (let attempt = 1;; attempt++) {
            try {
                return await dialForPinnedKey();
            }
            catch (error) {
                if (!(error instanceof PushError) || !error.retry || attempt >= settings.retries)
                    throw error;
                const seconds = (delays[attempt - 1] ?? delays.at(-1) ?? 10) * (1 + Math.random() / 4);
                host.log.info(`${error.cause} Attempt ${attempt} of ${settings.retries}; the next in ${seconds.toFixed(0)} s.`);
                await host.clock.sleep(seconds * 1000, signal);
            }
        }
    }
    // ssh removes its socket, then ends: who lost the connection may ask in between.
    const isOpen = () => master !== undefined && (0,external_node_fs_.existsSync)(socket);
    return {
        async ready() {
            if (!options.multiplex || isOpen())
                return;
            // A connection that was lost is opened again; one that could not be opened has had its attempts.
            opening ??= open().then(() => {
                opening = undefined;
            });
            await opening;
        },
        shared: isOpen,
        remote: (label, commandLine, stdin) => ssh(label, ['--', loginWord(login), commandLine], stdin),
        sharing: (label, commandLine) => ssh(label, ['-o', 'ProxyCommand=false', '--', loginWord(login), commandLine]),
        log,
        offered,
        async close() {
            closing.abort(new Error('The session ends.'));
            await opening?.catch(() => undefined);
            const running = master;
            if (running !== undefined) {
                // Its keeper tells ssh to leave. A connection that hangs is not waited for: it is ended.
                running.end();
                await noLonger(connection_mostAwaited, running.done, host.clock);
                await running.stop();
            }
            return bytesSent(await log());
        },
    };
}

;// CONCATENATED MODULE: ./build/core/session.js








/** How a session's folder is named, so that the clean-up can tell it from everything else. */
const folderPrefix = 'dotcloud-push-';
/** How much of ssh's log a bug report needs, in characters. */
const longestLog = 20_000;
/**
 * Runs `use` with a session that is connecting; whatever happens, the connection is closed and the folder is gone
 * afterwards. The key is judged while the login is still being planned, and nothing is connected to before both are well.
 * @throws PushError `key`, or why there is no plan
 */
async function withSession(settings, planned, host, ended, use) {
    const folder = (0,external_node_path_.join)(host.context.temp, `${folderPrefix}${(0,external_node_crypto_namespaceObject.randomBytes)(6).toString('hex')}`);
    // The clean-up knows of it before it is there, and a umask can only take rights away.
    host.remember(folder);
    await (0,promises_namespaceObject.mkdir)(folder, { mode: 0o700 });
    try {
        const session = await openSession(folder, settings, planned, host);
        try {
            return await use(session);
        }
        finally {
            const bytesSent = await session.connection.close();
            const offered = await session.connection.offered();
            host.log.debug(`What ssh logged:\n${(await session.connection.log()).slice(-longestLog)}`);
            ended({ bytesSent, hostKeyFingerprint: offered.at(-1)?.fingerprint ?? '' });
        }
    }
    finally {
        await rmRF(folder);
    }
}
async function openSession(folder, settings, planned, host) {
    const multiplex = host.context.platform !== 'win32';
    const encryptedKey = settings.passphrase !== '';
    const write = (name, text, mode) => (0,promises_namespaceObject.writeFile)((0,external_node_path_.join)(folder, name), text, { flag: 'wx', mode });
    const env = {
        PATH: `${folder}${external_node_path_.delimiter}${host.context.path}`,
        HOME: (0,external_node_path_.join)(folder, 'home'),
        // GIT_SSH_COMMAND wins over core.sshCommand, which actions/checkout sets; GIT_SSH alone would not.
        GIT_SSH_COMMAND: fileNames.wrapper,
        GIT_SSH: (0,external_node_path_.join)(folder, fileNames.wrapper),
        GIT_SSH_VARIANT: 'ssh',
    };
    await Promise.all([
        write(fileNames.key, settings.key, 0o600),
        (0,promises_namespaceObject.mkdir)(env.HOME, { mode: 0o700 }),
        ...(encryptedKey
            ? [write(fileNames.passphrase, settings.passphrase, 0o600), write(fileNames.askpass, askpassScript, 0o700)]
            : []),
    ]);
    const judged = judgeKey(folder, env, settings, host);
    judged.catch(() => undefined);
    const [ssh, login] = await Promise.all([host.runner.find('ssh'), planned]);
    const keyFingerprint = await judged;
    host.log.info(`Key ${keyFingerprint}`);
    const config = sshConfig({ ...settings, login, jump: settings.proxyJump, folder, encryptedKey, multiplex });
    await Promise.all([
        write(fileNames.knownHosts, settings.hostKeys.lines, 0o600),
        write(fileNames.config, config, 0o600),
        write(fileNames.wrapper, wrapperScript(ssh, folder, encryptedKey), 0o700),
        write(fileNames.pin, pinScript(settings.hostKeys.fingerprints), 0o700),
        write(fileNames.keeper, keeperScript(login), 0o700),
        write(fileNames.relay, relayScript, 0o700),
    ]);
    const connection = createConnection({ folder, env, login, keyFingerprint, multiplex }, settings, host);
    // The login takes longest: it goes on while the methods prepare. Who needs it waits for it and sees its failure.
    connection.ready().catch(() => undefined);
    let files = 0;
    return {
        folder,
        login,
        keyFingerprint,
        env,
        connection,
        async file(name, content) {
            const unique = `${name}-${++files}`;
            await write(unique, content, 0o600);
            return (0,external_node_path_.join)(folder, unique);
        },
    };
}
/** The fingerprint of our public key. @throws PushError `key` when ssh-keygen cannot read the private one */
async function judgeKey(folder, env, { passphrase }, host) {
    const { code, stdout, stderr } = await host.runner.capture({
        label: 'ssh-keygen',
        file: 'ssh-keygen',
        args: ['-y', ...(passphrase === '' ? ['-P', ''] : []), '-f', fileNames.key],
        cwd: folder,
        env: { ...env, SSH_ASKPASS: fileNames.askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':none' },
    });
    if (code !== 0)
        throw unusableKey(stderr, passphrase !== '');
    return fingerprintOf(stdout.split(' ')[1] ?? '');
}

;// CONCATENATED MODULE: ./build/core/push.js













/** How many changes the log lists; the report has them all. */
const push_mostTold = 20;
/**
 * One push from the given inputs to a report. It never throws: whatever went wrong is in the report, with its class.
 * The settings of a run whose branch does not match are not even read, so that it stays green without a secret.
 */
async function push_push(given, host) {
    const ledger = new Ledger(host);
    try {
        const raw = await complete(given, host);
        const filter = parseBranches(raw);
        const ref = filter.length === 0 ? undefined : (host.context.ref ?? (await checkedOutRef(raw.source, host)));
        const { open, reason } = gate(filter, ref);
        if (!open)
            return ledger.skip(reason);
        const settings = parseSettings(raw);
        return await withDeadline(settings.timeout, host, (limited) => pushWith(settings, limited, ledger));
    }
    catch (error) {
        return ledger.fail(host.signal.aborted ? host.signal.reason : error);
    }
}
async function pushWith(settings, host, ledger) {
    if (settings.doctor)
        throw new PushError('input', 'Input doctor is true, and this would push.', 'Remove doctor.');
    ledger.note({ app: settings.app });
    guardEvent(host.context.event, settings.allowUntrustedEvent);
    warnInsecure(settings, host);
    const planned = prepare(settings, host, ledger);
    const login = planned.then((plan) => plan.login);
    login.catch(() => undefined);
    await withSession(settings, login, host, ledger.note, async (session) => {
        ledger.enter('connect');
        const { steps } = await planned;
        await push_carryOut(steps, session, settings, host, ledger);
    });
    return ledger.close(settings.dryRun);
}
/** Everything that can be found out and refused before anything is connected to. */
async function prepare(settings, host, ledger) {
    const plan = await planSteps(settings, host);
    ledger.plan(plan.steps, plan.login);
    tell(plan.steps, host);
    await push_preflight(plan.steps, settings, host);
    return plan;
}
/** @throws PushError what a method refuses before anything is connected to */
async function push_preflight(steps, settings, host) {
    const uploads = steps.filter((step) => step.verb === 'upload');
    await Promise.all(uploads.map((step) => methods[step.workspace.method].preflight({ step, settings, host })));
}
/** The same host with a signal that also fires when the time for the whole step is up. */
async function withDeadline(seconds, host, use) {
    const over = new AbortController();
    const timer = new AbortController();
    const signal = AbortSignal.any([host.signal, over.signal]);
    const late = new PushError('timeout', `The step took longer than ${seconds / 60} min.`, 'Find out in the log what takes so long, or raise timeout.');
    host.clock.sleep(seconds * 1000, timer.signal).then(() => over.abort(late), () => undefined);
    try {
        return await use({ ...host, signal });
    }
    catch (error) {
        throw signal.aborted ? signal.reason : error;
    }
    finally {
        timer.abort();
    }
}
/** Tells by an annotation that nobody checks the host key. */
function warnInsecure(settings, host) {
    if (!settings.hostKeys.insecure)
        return;
    host.log.warning('insecure-skip-host-key-check is on: whoever sits between this machine and the server can read and replace everything that is pushed.');
}
function tell(steps, host) {
    for (const step of steps) {
        if (step.verb === 'call')
            host.log.info(`Then: ${step.command}`);
        else
            host.log.info(`Push ${step.directory} to ${formatDestination(step.destination)} by ${step.workspace.method}: ${step.workspace.reason}`);
    }
    host.log.debug(`Plan: ${formatPlan(steps)}`);
}
async function push_carryOut(steps, session, settings, host, ledger) {
    for (const step of steps) {
        if (step.verb === 'call')
            await call(step, session, settings, host, ledger);
        else {
            const upload = await uploadWithRetries(step, session, settings, host, ledger);
            ledger.upload(upload);
            tellChanges(upload, host);
            if (upload.failure !== undefined)
                throw upload.failure;
        }
    }
}
function tellChanges({ changes }, host) {
    for (const { kind, path } of report_sortChanges(changes).slice(0, push_mostTold))
        host.log.info(`${report_signs[kind]} ${path}`);
    if (changes.length > push_mostTold)
        host.log.info(`… and ${changes.length - push_mostTold} more`);
}
/** An upload is idempotent, so a lost line is tried again; everything else is the truth the first time. */
async function uploadWithRetries(step, session, settings, host, ledger) {
    let refused;
    session.connection.ready().then(() => ledger.enter('push'), (error) => {
        refused = error;
    });
    for (let attempt = 1;; attempt++) {
        try {
            const upload = await methods[step.workspace.method].upload({ step, settings, host }, session);
            // What an interrupted attempt had sent is not "unchanged", even if the next one finds nothing left to do.
            return attempt > 1 && upload.result === 'unchanged' ? { ...upload, result: 'deployed' } : upload;
        }
        catch (error) {
            if (error === refused || host.signal.aborted)
                throw error;
            ledger.enter('push');
            if (!(error instanceof PushError) || !error.retry || attempt >= settings.retries)
                throw error;
            host.log.info(`${error.cause} Attempt ${attempt} of ${settings.retries}; trying again.`);
            await host.clock.sleep(1000 * attempt * (1 + Math.random() / 4), host.signal);
        }
    }
}
async function call(step, session, settings, host, ledger) {
    if (settings.dryRun)
        return host.log.info(`Would run: ${step.command}`);
    await session.connection.ready();
    ledger.enter('deploy');
    const { exitCode, tail, failure } = await deploy(step.command, session, host, settings);
    ledger.note({ deployExitCode: exitCode, tail });
    if (failure !== undefined)
        throw failure;
}

;// CONCATENATED MODULE: ./build/core/doctor-here.js











async function judgeInputs(raw, host) {
    const { settings, mistakes } = judgeSettings(raw);
    const badKey = mistakes.find(({ errorClass }) => errorClass === 'key');
    const findings = mistakes.filter((mistake) => mistake !== badKey).map((mistake) => fault('inputs', mistake));
    try {
        guardEvent(host.context.event, settings.allowUntrustedEvent);
        const filter = parseBranches(raw);
        const ref = filter.length === 0 ? undefined : (host.context.ref ?? (await checkedOutRef(raw.source, host)));
        const { open, reason } = gate(filter, ref);
        if (!open) {
            const next = 'Nothing, if that is meant.';
            findings.push(warning('inputs', { cause: `A push from here would be skipped: ${reason}.`, evidence: '', next }));
        }
    }
    catch (error) {
        findings.push(fault('inputs', explain(error)));
    }
    return { settings, findings: findings.length === 0 ? [finding_ok('inputs', 'all are accepted')] : findings, badKey };
}
/** The workspace, the method and the programs that it needs here. */
async function lookHere(settings, host) {
    if (settings.destination === '' && settings.plan === '') {
        const findings = [skipped('workspace', 'no destination is known'), ...(await judgeTools([], settings, host))];
        return { steps: [], login: undefined, findings, unsafe: undefined };
    }
    const planned = await doctor_here_attempt(() => planSteps(settings, host));
    if ('failure' in planned) {
        const findings = [fault('workspace', planned.failure), ...(await judgeTools([], settings, host))];
        return { steps: [], login: bareLogin(settings, host), findings, unsafe: undefined };
    }
    const { steps, login } = planned.value;
    const methods = steps.flatMap((step) => (step.verb === 'upload' ? [step.workspace.method] : []));
    const tools = await judgeTools(methods, settings, host);
    const sound = tools.every(({ verdict }) => verdict !== 'fault');
    const refused = sound ? await doctor_here_attempt(() => push_preflight(steps, settings, host)) : undefined;
    const failure = refused !== undefined && 'failure' in refused ? refused.failure : undefined;
    const unsafe = failure?.errorClass === 'unsafe' ? failure : undefined;
    const workspace = failure === undefined || unsafe !== undefined ? describeSteps(steps) : [fault('workspace', failure)];
    return { steps, login, findings: [...workspace, ...tools], unsafe };
}
async function doctor_here_attempt(act) {
    try {
        return { value: await act() };
    }
    catch (error) {
        return { failure: explain(error) };
    }
}
function describeSteps(steps) {
    const uploads = steps.filter((step) => step.verb === 'upload');
    if (uploads.length === 0)
        return [skipped('workspace', 'the plan pushes nothing')];
    return uploads.map(({ directory, destination, workspace: { method, reason, sha } }) => finding_ok('workspace', `${directory} goes to ${formatDestination(destination)} by ${method}: ${reason}${sha === undefined ? '' : `; revision ${sha.slice(0, 12)}`}`));
}
/** Where to connect to although there is nothing to push. */
function bareLogin({ destination, app, deployment }, { context }) {
    if (destination === '')
        return undefined;
    const values = { app, deployment, branch: branchOf(context.ref) ?? context.headBranch, sha: context.sha };
    try {
        return parseDestination('destination', destination, values);
    }
    catch {
        return undefined;
    }
}
const doctor_here_any = [0, 0];
const tools = {
    ssh: { args: ['-V'], version: /^OpenSSH\D*(\d+)\.(\d+)/m, oldest: doctor_here_any },
    git: { args: ['--version'], version: /^git version (\d+)\.(\d+)/, oldest: doctor_here_any },
    hg: { args: ['version', '--quiet'], version: /(\d+)\.(\d+)/, oldest: oldest, env: isolation },
    rsync: { args: ['--version'], version: /^rsync +version v?(\d+)\.(\d+)/, oldest: rsync_oldest },
};
/** Before it, ssh cannot be given a fingerprint to trust. */
const oldestForFingerprints = [8, 5];
async function judgeTools(methods, settings, host) {
    const names = ['ssh', ...new Set(methods)];
    const keygen = host.runner.find('ssh-keygen');
    const judged = await doctor_here_attempt(async () => [await keygen, ...(await Promise.all(names.map(judge)))].slice(1).join(', '));
    return ['failure' in judged ? fault('tools', judged.failure) : finding_ok('tools', judged.value)];
    async function judge(name) {
        const { version, ...tool } = tools[name];
        const oldest = name === 'ssh' && settings.hostKeys.fingerprints.length > 0 ? oldestForFingerprints : tool.oldest;
        const said = await versionOf(name, host);
        const [, major = '', minor = ''] = version.exec(said) ?? [];
        const [first, second] = oldest;
        const known = major !== '' && (Number(major) > first || (Number(major) === first && Number(minor) >= second));
        if (known || oldest === doctor_here_any)
            return said;
        throw tooOld(name, oldest, said);
    }
}
/** What a program says of its version. @throws PushError when it is missing, or lies inside the workspace */
async function versionOf(name, { runner, context }) {
    const { args, env } = tools[name];
    await runner.find(name);
    // Not in the workspace, whose own settings an old program would read.
    const command = { label: `${name} version`, file: name, args, cwd: context.temp, ...(env && { env }) };
    const { stdout, stderr } = await runner.capture(command);
    return (stdout.trim() || stderr.trim()).split('\n')[0] ?? '';
}
function tooOld(name, oldest, evidence) {
    const wanted = `${name === 'ssh' ? 'OpenSSH' : name} ${oldest.join('.')}`;
    return new PushError('input', `This machine's ${name} is not ${wanted} or newer${name === 'ssh' ? ', which host-key-fingerprint needs' : ''}.`, name === 'ssh' ? 'Pin the host by known-hosts instead.' : `Install ${wanted} or newer.`, { evidence });
}

;// CONCATENATED MODULE: ./build/core/doctor-line.js



const order = ['name', 'port', 'host key', 'login'];
/** Where ssh cannot share a connection (Windows), nothing is known of it before the first command. */
const untoldLine = order.map((step) => skipped(step, 'here, ssh logs in anew for each command; the next checks do'));
/** Name, port, host key and login: what was well until the step that failed, and why that one failed. */
function judgeLine(line) {
    const failure = sharpen(line);
    const failed = failure === undefined ? order.length : order.indexOf(failedStep(line, failure));
    return order.map((step, index) => {
        if (index < failed)
            return step === 'host key' && line.hostKeys.insecure ? unchecked(line) : finding_ok(step, good[step](line));
        if (index === failed && failure !== undefined)
            return fault(step, failure);
        return skipped(step, `the ${order[failed]} comes first`);
    });
}
/** The lines of a known_hosts file for what the last host offered; empty for what cannot be pinned so. */
function pinLines(offered) {
    const host = offered.at(-1)?.host;
    const lines = offered.flatMap((key) => key.host === host &&
        /^(?:ssh|ecdsa|sk)-(?!.*-cert-)[A-Za-z0-9@.-]+ AAAA[A-Za-z0-9+/]+=*$/.test(`${key.type} ${key.key}`)
        ? [`${key.host} ${key.type} ${key.key}`]
        : []);
    return [...new Set(lines)];
}
const good = {
    name: ({ log, login, jump }) => {
        const found = [...log.matchAll(/^debug1: Connecting to (\S+) \[([^\]\s]+)\] port \d+/gm)];
        const resolved = [...new Set(found.map(([, name, address]) => (name === address ? name : `${name} is ${address}`)))];
        return `${resolved.join(', ') || formatLogin(jump ?? login)}${jump === undefined ? '' : `; the bastion resolves ${login.host}`}`;
    },
    port: ({ log, login, jump }) => {
        const software = [...log.matchAll(/remote software version (.*)$/gm)].map(([, name = '']) => name.trim());
        const ports = [jump, login].flatMap((hop) => (hop === undefined ? [] : [`${hop.port}`]));
        return `${ports.join(', then ')} answers as ${[...new Set(software)].join(', then ') || 'an SSH server'}`;
    },
    'host key': ({ offered }) => {
        const shown = offered.at(-1);
        return shown === undefined ? 'is the pinned one' : `${shown.fingerprint} (${shown.type}) is pinned`;
    },
    login: ({ login, jump, keyFingerprint }) => `${formatLogin(login)} takes our key ${keyFingerprint}${jump === undefined ? '' : `, through ${formatLogin(jump)}`}`,
};
function unchecked({ offered }) {
    return warning('host key', {
        cause: 'insecure-skip-host-key-check is on: nobody checks whose key this is.',
        evidence: offered.at(-1)?.fingerprint ?? '',
        next: 'Pin the key in known-hosts and remove insecure-skip-host-key-check.',
    });
}
/** What ssh's log shows beyond the reason that a push gives. */
function sharpen({ failure, log, jump, login, offered, hostKeys }) {
    const misnamed = offered.find((key) => isPinnedElsewhere(key, hostKeys));
    if (failure?.errorClass === 'host-key' && misnamed !== undefined) {
        const { host, type, key } = misnamed;
        const next = `known-hosts has this very key, but not for ${host}: write its line as: ${host} ${type} ${key}`;
        return { ...failure, next };
    }
    if (failure === undefined || !['connect', 'timeout'].includes(failure.errorClass))
        return failure;
    const greeted = /remote software version/.test(log);
    const stranger = /kex_exchange_identification: banner line \d+: (.*)$/m.exec(log)?.[1];
    // A server that is full or has had enough of us says so in place of its name.
    if (!greeted && stranger !== undefined && !/MaxStartups|Not allowed at this time/.test(stranger)) {
        return new PushError('connect', `What answers at ${formatLogin(jump ?? login)} is not an SSH server.`, 'Check host and port.', { evidence: stranger });
    }
    const barred = /^channel \d+: open failed: (.*)$/m.exec(log)?.[1];
    if (jump !== undefined && barred !== undefined) {
        return new PushError('connect', `The bastion ${formatLogin(jump)} does not connect us to ${formatLogin(login)}.`, 'Check that it can reach that host and port, and that its sshd allows forwarding (AllowTcpForwarding).', { evidence: barred });
    }
    if (failure.evidence !== '' || greeted || !/^debug1: Connection established/m.test(log))
        return failure;
    return { ...failure, evidence: 'the connection stands, but no greeting of an SSH server came' };
}
/** Whether a line of known-hosts holds the key under another name, as when a server was renamed. */
function isPinnedElsewhere({ host, key }, { lines }) {
    return lines.split('\n').some((line) => {
        const [names = '', , pinned] = line.split(/\s+/);
        return pinned === key && !/^[#@|]/.test(names) && !names.split(',').includes(host);
    });
}
function failedStep({ login, offered }, { errorClass, evidence }) {
    if (/Could not resolve hostname/.test(evidence))
        return 'name';
    if (errorClass === 'host-key')
        return 'host key';
    if (errorClass === 'auth' || errorClass === 'key')
        return 'login';
    const shown = login.port === 22 ? login.host : `[${login.host}]:${login.port}`;
    return offered.some(({ host }) => host === shown) ? 'login' : 'port';
}

;// CONCATENATED MODULE: ./build/methods/inquiry.js






/** How much of an answer is looked at, in bytes. */
const inquiry_longestAnswer = 1 << 16;
/** Characters of a shell word that means itself in every shell. */
const plainWord = /^[A-Za-z0-9_./~+][A-Za-z0-9_./~+-]*$/;
/**
 * Asks, through any login shell, by a script on standard input that only reads.
 * @param words plain words, to be looked up as commands
 */
async function inquire(session, step, words, settings, host) {
    const mark = (0,external_node_crypto_namespaceObject.randomBytes)(8).toString('hex');
    const script = [
        `printf '%s\\n' ${mark}`,
        preamble,
        ...words.map(lookUp),
        step === undefined ? '' : place(step, settings),
    ];
    const command = session.connection.remote('inquiry', 'sh -s', `${script.join('\n')}\nprintf '%s\\n' ${mark}\n`);
    host.log.command(command);
    const whole = await readAnswer(command, host, settings).catch(orStop(session, host));
    const answer = whole.subarray(0, inquiry_longestAnswer).toString('utf8');
    const [said = '', facts, end] = answer.split(`${mark}\n`);
    return facts === undefined || end === undefined ? { said: answer, facts: undefined } : { said, facts: parse(facts) };
}
const preamble = `LC_ALL=C; export LC_ALL
case \${SHELL##*/} in bash | zsh | ksh | dash | ash) s=$SHELL ;; *) s=sh ;; esac
printf 'user=%s\\n' "$(id -un)"
printf 'home=%s\\n' "$(cd && pwd -P)"
printf 'shell=%s\\n' "$SHELL"`;
/** Words that are aliases or functions of the login shell count too, so it is asked and not this one. */
function lookUp(word) {
    if (!plainWord.test(word))
        throw new Error('Only a plain word can be looked up.');
    return `printf 'word=%s\\n' "$("$s" -c 'command -v ${word}' 2>/dev/null </dev/null | tail -n 1)"`;
}
const inquiry_versions = {
    git: 'git --version',
    hg: 'hg version --quiet',
    rsync: 'rsync --version',
};
/** Finds the directory that a push writes to: `w`. */
const written = {
    // The order in which git itself looks for a repository.
    git: `for c in "$d/.git" "$d" "$d.git/.git" "$d.git"; do
  [ ! -d "$c/objects" ] || { w=$c/objects; break; }
done
case $w in */.git/objects)
  case $(git --git-dir="$c" config receive.denyCurrentBranch) in
    updateInstead | ignore | warn | false) ;;
    *) printf 'held=%s\\n' "$(git --git-dir="$c" symbolic-ref -q HEAD)" ;;
  esac ;;
esac`,
    hg: '[ ! -d "$d/.hg/store" ] || w=$d/.hg/store',
    rsync: '',
};
function place(step, settings) {
    const { method } = step.workspace;
    return `d=${quote(remotePath(step.destination))}
m=${folderOf(memoryFor(step, settings, '', '', new Map()))}
printf 'tool=%s\\n' "$(${inquiry_versions[method]} 2>/dev/null </dev/null | head -n 1)"
kind=missing
[ ! -d "$d" ] || kind=directory
p=$d
while [ -n "$p" ] && [ ! -d "$p" ]; do
  if [ -e "$p" ] || [ -L "$p" ]; then kind=blocked; fi
  p=$(dirname -- "$p")
done
real=$(cd -- "$p" && pwd -P)
printf 'kind=%s\\nreal=%s\\n' "$kind" "$real"
[ "$kind" != directory ] || [ -z "$(ls -A -- "$d" 2>/dev/null | head -n 1)" ] || echo filled=yes
read -r ours 2>/dev/null <"$m/ours"
[ "$kind" != directory ] || [ "$ours" != "$real" ] || echo ours=yes
w=$p
${written[method]}
[ ! -w "$w" ] || echo writable=yes
df -Pk "$w" 2>/dev/null | sed -n '2s/^/blocks=/p'
df -Pi "$w" 2>/dev/null | sed -n '1s/^/inode-head=/p;2s/^/inodes=/p'
at=$(df -Pk "$w" 2>/dev/null | sed -n '2s/.*% //p')
[ ! -r /proc/mounts ] || while read -r _ on _ options _; do
  [ "$on" != "$at" ] || printf 'mount=%s\\n' "$options"
done </proc/mounts`;
}
function parse(text) {
    const all = (name) => text.split('\n').flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
    const fact = (name) => all(name).at(-1) ?? '';
    const kind = fact('kind');
    return {
        user: fact('user'),
        home: fact('home'),
        shell: fact('shell'),
        tool: fact('tool'),
        kind: kind === 'directory' || kind === 'blocked' ? kind : 'missing',
        real: fact('real'),
        writable: fact('writable') === 'yes',
        filled: fact('filled') === 'yes',
        ours: fact('ours') === 'yes',
        held: /^refs\/heads\/(.+)$/.exec(fact('held'))?.[1] ?? '',
        disk: parseDisk(fact('blocks'), fact('inode-head'), fact('inodes'), fact('mount')),
        words: all('word'),
    };
}
/** Reads what `df -P` says: `… blocks used available capacity% mount point`; of inodes only where its head says so. */
function parseDisk(blocks, inodeHead, inodes, options) {
    const [, available, mountPoint = ''] = /\s(\d+)\s+\d+%\s+(\S.*)$/.exec(blocks) ?? [];
    const [, total, free] = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s/.exec(inodes) ?? [];
    // A file system that makes its inodes as they are needed counts none.
    const counted = /\bInodes\s+IUsed\s+IFree\b/.test(inodeHead) && Number(total) > 0;
    return {
        bytes: available === undefined ? undefined : Number(available) * 1024,
        inodes: counted ? Number(free) : undefined,
        mountPoint,
        readOnly: options.split(',').includes('ro'),
    };
}

;// CONCATENATED MODULE: ./build/core/html.js

/** A whole number with commas. Without Intl, whose data take 9 ms to load. */
const html_grouped = (number) => String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
/** How much of one foreign text a page shows, in characters. */
const html_longest = { text: 500, cell: 160, path: 200, subject: 120 };
/** Foreign text as it is: whatever HTML or Markdown could read is an entity. */
function html_literal(text, most = html_longest.text) {
    const plain = text.replaceAll(escapes, '');
    const shown = plain.length > most ? `${plain.slice(0, most)}…` : plain;
    return shown
        .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '�')
        .replaceAll(/[^A-Za-z0-9 ,;/+\-\u00a1-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`);
}
/** Foreign text in one piece: a name, an address, a line. */
const html_code = (text, most = html_longest.cell) => text === '' ? '' : `<code>${html_literal(text, most)}</code>`;
/** A word of plain English; a name, a number with a unit, an address or a mention is none. */
const html_plainWord = /^(?:[A-Za-z]{1,20}(?:['-][A-Za-z]{1,20}){0,3}|\d{1,9}%?)?$/;
/** A sentence that may hold foreign words: they are set as code, without the punctuation around them. */
function html_prose(text) {
    const shown = text.length > html_longest.text ? `${text.slice(0, html_longest.text)}…` : text;
    const words = shown.split(' ').map((word) => {
        const [, before = '', inner = '', after = ''] = /^(["'(]?)(.*?)(["')]?[.,;:!?]?)$/s.exec(word) ?? [];
        return `${html_literal(before)}${html_plainWord.test(inner) ? html_literal(inner) : html_code(inner, html_longest.text)}${html_literal(after)}`;
    });
    return words.join(' ').replaceAll('</code> <code>', ' ');
}
const html_paragraph = (html) => (html === '' ? '' : `<p>${html}</p>`);
/** A block of HTML ends at an empty line, but one that begins with `<pre>` only at `</pre>`. */
function html_folded(title, text, open) {
    return `<details${open ? ' open' : ''}><summary>${title}</summary>\n\n<pre>${text}</pre>\n\n</details>`;
}
/** As many lines as there is room for; the rest is counted. */
function html_list(all, total, bytes) {
    const lines = html_fill(all, bytes);
    const rest = total - lines.length;
    return [...lines, ...(rest > 0 ? [`… and ${html_grouped(rest)} more`] : [])].join('\n');
}
/** As many lines as there is room for. */
function html_fill(all, bytes) {
    let left = bytes;
    const end = all.findIndex((line) => {
        left -= Buffer.byteLength(line) + 1;
        return left < 0;
    });
    return end < 0 ? all : all.slice(0, end);
}

;// CONCATENATED MODULE: ./build/core/summary.js



/**
 * How many bytes a list may take. With them the whole page stays below 64 KiB, so that it also fits into a comment;
 * GitHub refuses a summary of more than 1 MiB.
 */
const room = { files: 14_000, commits: 8_000, output: 12_000, guards: 4_000 };
/**
 * The job summary, for GitHub. It is Markdown made of blocks of HTML: inside of them nothing is read as Markdown, so
 * no foreign text can become a link, a mail address, a mention or a picture. Foreign text is in `<code>` or `<pre>`,
 * which GitHub's own filters leave alone too.
 */
function summarize(report) {
    const failed = report.failedStage;
    const parts = [
        `<h3>${summary_headline(report)}</h3>`,
        failure(report),
        failed === '' ? '' : saidBy(failed, report),
        guards(report),
        paragraph(facts(report)),
        table(report),
        commits(report),
        changes(report),
        ...['push', 'deploy'].map((stage) => (stage === failed ? '' : saidBy(stage, report))),
        goingBack(report),
    ];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
const seconds = (time) => time < 60 ? `${time.toFixed(time < 1 ? 2 : 1)} s` : `${Math.floor(time / 60)} min ${Math.floor(time % 60)} s`;
const summary_countOf = (number, noun) => `${html_grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
function formatSize(bytes) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
    const value = bytes / 1000 ** power;
    return `${value < 10 && power > 0 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`;
}
/** What goes where. */
function summary_course({ app, destination }) {
    const host = /^ssh:\/\/(?:[^@/]*@)?(\[[^\]/]*\]|[^:/]+)/.exec(destination)?.[1] ?? destination;
    return `${app === '' ? 'dotcloud push' : code(app)}${host === '' ? '' : ` → ${code(host)}`}`;
}
function summary_headline(report) {
    const { result, failedStage, guards: refused, seconds: time } = report;
    const what = summary_course(report);
    return {
        deployed: `✅ Deployed ${what} in ${seconds(time)}`,
        unchanged: `✅ Unchanged: ${what}, ${seconds(time)}`,
        skipped: `⏭️ Skipped: ${what}`,
        planned: refused.length === 0 ? `📋 Plan: ${what}` : `⛔ Plan: ${what}, would be refused`,
        failed: `❌ Failed at ${failedStage}: ${what}, after ${seconds(time)}`,
    }[result];
}
function countCommits({ commitCount, method }) {
    return `${summary_countOf(commitCount, method === 'hg' ? 'changeset' : 'commit')}${commitCount < mostCounted ? '' : ' or more'}`;
}
/** The run in one line. */
function facts(report) {
    const { result, changes: all, commitCount, bytesSent, bytesToSend, reason, url, failure: found } = report;
    if (result === 'skipped')
        return `Nothing was pushed: ${prose(reason)}.`;
    const { changed, deleted } = countChanges(report);
    const would = result === 'planned';
    const parts = [
        would ? 'Nothing was changed' : '',
        result === 'unchanged' ? 'The destination has all of this already' : '',
        all.length === 0 ? '' : `${summary_countOf(changed, 'file')} ${would ? 'would be ' : ''}changed or added`,
        deleted === 0 ? '' : `<b>${grouped(deleted)} ${would ? 'would be ' : ''}deleted</b>`,
        would && found === undefined && all.length === 0 ? 'a push would change no file' : '',
        commitCount === 0 ? '' : countCommits(report),
        would && bytesToSend !== undefined ? `at most ${formatSize(bytesToSend)} to send` : '',
        would || bytesSent === undefined ? '' : `${formatSize(bytesSent)} sent`,
    ];
    const told = url === '' ? '' : `<br>The server says that it is at ${code(url, 200)}`;
    return `${parts.filter((part) => part !== '').join(' · ')}${told}`;
}
function failure({ failure: found, uploaded }) {
    if (found === undefined)
        return '';
    const evidence = found.evidence === '' ? '' : `\n<blockquote>${code(found.evidence, longest.text)}</blockquote>`;
    const told = /new content is on the server/.test(found.next);
    const there = uploaded && !told ? 'The new content is on the server. ' : '';
    return `<p><b>${prose(found.cause)}</b></p>${evidence}\n<p><b>Next:</b> ${prose(found.next)}<br>${there}Class ${code(found.errorClass)}</p>`;
}
function guards({ guards: all }) {
    return fill(all.map(prose), room.guards)
        .map((line) => paragraph(`⛔ <b>The push would be refused.</b> ${line}`))
        .join('\n');
}
function table(report) {
    const { method, reason, ref, targetRef } = report;
    const target = targetRef === '' || targetRef === ref ? '' : ` → ${code(targetRef)} there`;
    const rows = [
        ['Revision', revisions(report)],
        ['Branch', ref === '' ? '' : `${code(ref)}${target}`],
        ['Method', method === '' ? '' : `${code(method)}: ${prose(reason)}`],
        ['Destination', code(report.destination)],
        ['Host key', code(report.hostKeyFingerprint)],
        ['Deploy command', calls(report)],
        ['Time', time(report)],
    ];
    const filled = rows.filter(([, value]) => value !== '');
    if (filled.length === 0)
        return '';
    return `<table>\n${filled.map(([key, value]) => `<tr><td>${key}</td><td>${value}</td></tr>`).join('\n')}\n</table>`;
}
/** The commands of the plan, and how they ended. */
function calls({ result, plan, deployExitCode }) {
    const { data } = JSON.parse(plan || '{"data":[]}');
    const commands = data.flatMap(([verb, command]) => (verb === 'call' ? [code(String(command))] : []));
    if (result === 'planned')
        return commands.length === 0 ? '' : `would run ${commands.slice(0, 3).join(', then ')}`;
    if (deployExitCode === undefined)
        return '';
    return `${commands.at(-1) ?? ''} ${deployExitCode === 0 ? '✅' : '❌'} exit code ${deployExitCode}`;
}
/** This revision and the one before, with links where the repository is known to have them. */
function revisions({ result, revision, previousRevision, repository }) {
    if (revision === '')
        return '';
    const before = previousRevision === '' || previousRevision === revision ? '' : previousRevision;
    const known = repository !== '' && isId(revision) && isId(before);
    const compare = known ? ` (<a href="${repository}/compare/${before}...${revision}">compare</a>)` : '';
    return `${commit(revision, repository)}${before === '' ? '' : ` ${result === 'planned' ? 'would replace' : 'replaces'} ${commit(before, repository)}`}${compare}`;
}
const isId = (text) => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text);
function commit(id, repository) {
    if (!isId(id))
        return code(id);
    const short = `<code>${id.slice(0, 10)}</code>`;
    return repository === '' ? `<code>${id}</code>` : `<a href="${repository}/commit/${id}">${short}</a>`;
}
/** Where the time went: a bar for each stage, from when it began to when it ended. */
function time({ stages }) {
    const total = stages.reduce((sum, stage) => sum + stage.seconds, 0);
    // One stage alone is the whole time, which the headline tells.
    if (total === 0 || stages.length < 2)
        return '';
    const width = 40;
    const at = (when) => Math.round((when / total) * width);
    let since = 0;
    const lines = stages.map((stage) => {
        const [start, end] = [at(since), at(since + stage.seconds)];
        since += stage.seconds;
        const bar = `${'·'.repeat(start)}${'█'.repeat(Math.max(end - start, 1))}`.slice(0, width).padEnd(width, '·');
        return `${stage.name.padEnd(8)} ${bar} ${seconds(stage.seconds).padStart(8)}`;
    });
    return `<pre>${lines.join('\n')}</pre>`;
}
function commits(report) {
    const { commits: all, commitCount, repository, result } = report;
    if (all.length === 0)
        return '';
    const title = `${countCommits(report)}${result === 'planned' ? ' to push' : ''}`;
    const lines = all.slice(0, mostListed).map(({ id, subject }) => {
        const short = literal(id.slice(0, 10));
        const linked = repository !== '' && isId(id) ? `<a href="${repository}/commit/${id}">${short}</a>` : short;
        return `${linked} ${literal(subject, longest.subject)}`;
    });
    return folded(title, list(lines, commitCount, room.commits), all.length <= 10);
}
function changes(report) {
    const { changes: all, result } = report;
    if (all.length === 0)
        return '';
    const kinds = ['deleted', 'changed', 'added'].flatMap((kind) => {
        const number = all.filter((change) => change.kind === kind).length;
        return number === 0 ? [] : [`${grouped(number)} ${result === 'planned' ? 'to be ' : ''}${kind}`];
    });
    const shown = sortChanges(all).slice(0, mostListed);
    const width = Math.max(...shown.map((change) => extent(change).length));
    const lines = shown.map((change) => `${signs[change.kind]} ${extent(change).padStart(width)}  ${literal(change.path, longest.path)}`);
    return folded(kinds.join(', '), list(lines, all.length, room.files), all.length <= 20);
}
/** How much a change is: lines where they were counted, else bytes. */
function extent({ kind, path, lines, size: bytes }) {
    if (lines !== undefined)
        return `+${lines.added} −${lines.removed}`;
    return bytes === undefined || kind === 'deleted' || path.endsWith('/') ? '' : formatSize(bytes);
}
/** What the server said in a stage: the last lines, as many as there is room for; unfolded where it failed. */
function saidBy(stage, { said, tail, failedStage }) {
    const lines = stage === 'push' ? said : stage === 'deploy' ? tail : [];
    if (lines.length === 0)
        return '';
    const title = stage === 'push' ? 'What the server said to the push' : 'Output of the deploy command';
    const kept = fill(lines.map((line) => literal(line)).toReversed(), room.output);
    return folded(title, kept.toReversed().join('\n'), stage === failedStage);
}
function goingBack(report) {
    const how = rollback(report);
    if (how === undefined)
        return '';
    const command = how.command === ''
        ? ''
        : `\n<pre>${how.command
            .split('\n')
            .map((line) => literal(line))
            .join('\n')}</pre>`;
    return `${paragraph(`<b>To go back:</b> ${prose(how.advice)}`)}${command}`;
}

;// CONCATENATED MODULE: ./build/core/doctor-there.js








/** Less than this is told, though a push may still fit: bytes, and inodes. */
const scarce = { bytes: 64 << 20, inodes: 1_000 };
/** Shell, tool, path, disk and deploy command, of every upload; logged in. */
async function examineThere(steps, examined, chart) {
    const commands = steps.flatMap((step) => (step.verb === 'call' ? [firstWord(step.command)] : []));
    const words = [...new Set(commands.filter((word) => word !== undefined))];
    const uploads = steps.filter((step) => step.verb === 'upload');
    for (const [index, step] of (uploads.length > 0 ? uploads : [undefined]).entries()) {
        const { session, settings, host } = examined;
        const inquiry = await inquire(session, step, index === 0 ? words : [], settings, host);
        if (index === 0)
            chart.tell(judgeShell(inquiry, step, session));
        if (step !== undefined)
            await examineUpload(step, inquiry.facts, examined, chart);
        if (index === 0 && steps.length > 0)
            chart.tell(...judgeWords(commands, words, inquiry.facts, session));
    }
    chart.skipRest('no push is planned');
}
async function examineUpload(step, facts, examined, chart) {
    const { session, unsafe } = examined;
    chart.tell(facts === undefined ? skipped('remote tool', noShell) : judgeTool(step, facts, session));
    chart.tell(unsafe === undefined ? await judgePath(step, facts, examined) : fault('path', unsafe));
    chart.tell(facts === undefined ? skipped('disk', noShell) : judgeDisk(step, facts, session));
}
const noShell = 'needs a shell there';
/** What a push would say if it met this, in its own sentence; `evidence` is what was seen instead. */
function foretold(step, session, said, evidence = '') {
    const path = remotePath(step.destination);
    const met = diagnose({ method: step.workspace.method, login: session.login, path, code: 1, said, sshLog: '' });
    return { ...explain(met), evidence };
}
function judgeShell({ said, facts }, step, session) {
    const line = said.trim().split('\n')[0] ?? '';
    if (facts === undefined) {
        if (step !== undefined && /account is (?:currently )?not available/i.test(said)) {
            return fault('shell', foretold(step, session, said, line));
        }
        const cause = 'The server gives no shell: a command of its own answers.';
        if (step?.workspace.method !== 'rsync')
            return finding_ok('shell', line === '' ? cause : `${cause} It said: ${line}`);
        const next = 'Nothing, if that is meant; guards that need to look at the directory there cannot.';
        return warning('shell', { cause, evidence: line, next });
    }
    if (said !== '' && step !== undefined)
        return judgeNoise(line, step, session);
    return finding_ok('shell', `${facts.shell || 'sh'}, user ${facts.user}, home ${facts.home}`);
}
/** What start-up files print is fatal to rsync and git. */
function judgeNoise(line, step, session) {
    const { method } = step.workspace;
    if (method === 'rsync')
        return fault('shell', foretold(step, session, 'is your shell clean', line));
    if (method === 'git')
        return fault('shell', foretold(step, session, 'bad line length character', line));
    const cause = `The login shell of ${formatLogin(session.login)} prints text; Mercurial passes over some of it.`;
    const next = 'Let ~/.bashrc and the like print only in interactive shells.';
    return warning('shell', { cause, evidence: line, next });
}
function judgeTool(step, { tool }, session) {
    const { method } = step.workspace;
    if (tool !== '' && !/openrsync/i.test(tool))
        return finding_ok('remote tool', tool);
    return fault('remote tool', foretold(step, session, `${method}: command not found`, tool));
}
async function judgePath(step, facts, examined) {
    const { session, settings, host } = examined;
    const { question } = methods[step.workspace.method];
    if (question === undefined) {
        return facts === undefined ? skipped('path', noShell) : judgeDirectory(step, facts, examined);
    }
    try {
        const answer = await question({ step, settings, host }, session);
        if (facts === undefined)
            return finding_ok('path', `${remotePath(step.destination)} is ${answer}`);
        const problem = refusal(step, facts, session);
        return problem === undefined ? finding_ok('path', `${answer}, at ${facts.real}`) : fault('path', problem);
    }
    catch (error) {
        if (host.signal.aborted)
            throw error;
        return fault('path', explain(error));
    }
}
/** Why a push could not write there. That nobody can write to the file system is the disk's finding. */
function refusal(step, facts, session) {
    if (facts.kind === 'blocked')
        return foretold(step, session, 'mkdir failed: File exists', facts.real);
    if (!facts.writable && !facts.disk.readOnly)
        return foretold(step, session, 'Permission denied', facts.real);
    if (facts.held === '' || facts.held !== step.targetBranch)
        return undefined;
    return foretold(step, session, 'branch is currently checked out', facts.held);
}
function judgeDirectory(step, facts, { session, settings }) {
    const problem = refusal(step, facts, session);
    if (problem !== undefined)
        return fault('path', problem);
    const path = remotePath(step.destination);
    if (facts.kind === 'missing')
        return finding_ok('path', `${path} does not exist yet; a push makes it below ${facts.real}`);
    try {
        if (settings.delete && !step.workspace.isFile) {
            guardMirror(facts.real, facts.home);
            guardForeign(facts, settings.adopt, path);
        }
    }
    catch (error) {
        return fault('path', { ...explain(error), evidence: facts.real });
    }
    const content = facts.ours
        ? 'a directory that dotcloud-push filled'
        : facts.filled
            ? 'a directory with files'
            : 'an empty directory';
    return finding_ok('path', `${path} is ${content}, at ${facts.real}`);
}
function judgeDisk(step, { disk }, session) {
    const { bytes, inodes, mountPoint, readOnly } = disk;
    if (readOnly)
        return fault('disk', foretold(step, session, 'Read-only file system', mountPoint));
    if (bytes === undefined)
        return skipped('disk', 'df there does not tell');
    const free = `${formatSize(bytes)}${inodes === undefined ? '' : ` and ${summary_countOf(inodes, 'inode')}`} free at ${mountPoint}`;
    if (bytes === 0 || inodes === 0)
        return fault('disk', foretold(step, session, 'No space left on device', free));
    if (bytes >= scarce.bytes && (inodes === undefined || inodes >= scarce.inodes))
        return finding_ok('disk', free);
    const next = 'Make room there, or check that the push fits.';
    return warning('disk', { cause: `The disk of ${formatLogin(session.login)} is almost full.`, evidence: free, next });
}
/** The command's name, behind assignments; undefined where only a shell could tell. */
function firstWord(command) {
    const word = command
        .trim()
        .split(/\s+/)
        .find((each) => !/^[A-Za-z_]\w*=[\w./:@%+,-]*$/.test(each))
        ?.replace(/;$/, '');
    return word !== undefined && plainWord.test(word) ? word : undefined;
}
function judgeWords(commands, words, facts, session) {
    if (commands.length === 0)
        return [skipped('deploy command', 'none is set')];
    if (facts === undefined)
        return [skipped('deploy command', `${noShell}; it was not run`)];
    const plain = words.map((word, index) => judgeWord(word, facts.words[index] ?? '', facts.shell, session));
    return plain.length > 0 ? plain : [skipped('deploy command', 'its first word is not a plain name')];
}
function judgeWord(word, found, shell, session) {
    if (found !== '')
        return finding_ok('deploy command', `${word} is ${found === word ? 'there' : found}; it was not run`);
    const cause = `${word} is not there on ${formatLogin(session.login)}.`;
    // A path may lead to what the push itself brings.
    if (word.includes('/'))
        return warning('deploy command', { cause, evidence: '', next: 'Nothing, if the push brings it.' });
    if (!/(?:^|\/)(?:ba|z|k|da|a)?sh$/.test(shell)) {
        const next = `Nothing, if it is a word of ${shell} itself.`;
        return warning('deploy command', { cause, evidence: '', next });
    }
    const next = 'Install it there, or write its full path in deploy-command.';
    return fault('deploy command', explain(new PushError('deploy', cause, next)));
}

;// CONCATENATED MODULE: ./build/core/examination.js




const verify = "Compare each with `ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub` at the server's console, not over this network.";
/** The examination as lines for a log or a terminal; they hold foreign text. */
function formatExamination(examination) {
    return [...examination.findings.flatMap(finding_formatFinding), ...end(examination)];
}
/** What is told once more where the log is folded: what needs somebody, what to pin, and the sum. */
function concludeExamination(examination) {
    return [...asking(examination.findings).flatMap(formatFinding), ...end(examination)];
}
function end(examination) {
    return [...candidates(examination.knownHosts), `Doctor: ${tally(examination)}.`];
}
function candidates(knownHosts) {
    if (knownHosts.length === 0)
        return [];
    return ['', `known-hosts, as offered. Verify out of band before you use them. ${verify}`, ...knownHosts, ''];
}
const number = ({ findings }, wanted) => findings.filter(({ verdict }) => verdict === wanted).length;
function tally(examination) {
    const found = [
        summary_countOf(number(examination, 'fault'), 'fault'),
        summary_countOf(number(examination, 'warning'), 'warning'),
        `${number(examination, 'ok')} ok`,
        `${number(examination, 'skipped')} skipped`,
    ];
    return `${found.join(', ')} in ${examination.report.seconds.toFixed(1)} s`;
}
/** The report of the run with the findings; keys as the outputs have them. */
function examinationJson({ findings, knownHosts, report }) {
    const doctor = findings.map(({ errorClass, ...finding }) => ({ ...finding, 'error-class': errorClass }));
    return { ...toJson(report), doctor, 'known-hosts': knownHosts };
}
const marks = { ok: '✅', warning: '⚠️', fault: '❌', skipped: '⏭️' };
/** How many bytes the findings and the lines to pin may take, so that the page stays below 64 KiB as the summary does. */
const examination_room = { findings: 40_000, lines: 20_000 };
/** The job summary: made as that of a push, with which it shares how foreign text is shown. */
function examinationPage(examination) {
    const { findings, knownHosts, report } = examination;
    const faults = number(examination, 'fault');
    const verdict = faults > 0 ? countOf(faults, 'fault') : 'no fault';
    const parts = [
        `<h3>${faults > 0 ? '❌' : '🩺'} Doctor: ${course(report)}, ${verdict}</h3>`,
        paragraph(`${literal(tally(examination))} · nothing was pushed${report.destination === '' ? '' : ` · ${code(report.destination)}`}`),
        `<table>\n${fill(findings.map(row), examination_room.findings).join('\n')}\n</table>`,
        toPin(knownHosts),
    ];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
/** One check: what needs somebody stands out, the rest stays in a line. */
function row({ check, verdict, detail, evidence, next, errorClass }) {
    const text = verdict === 'fault' ? `<b>${prose(detail)}</b>` : prose(detail);
    const parts = [
        text,
        code(evidence, longest.text),
        next === '' ? '' : `<b>Next:</b> ${prose(next)}`,
        errorClass === '' ? '' : `Class ${code(errorClass)}`,
    ];
    return `<tr><td>${`${marks[verdict]} ${check}`.replaceAll(' ', '&#160;')}</td><td>${parts.filter((part) => part !== '').join('<br>')}</td></tr>`;
}
/** To be copied whole: an RSA key is longer than what is shown of other texts. */
function toPin(knownHosts) {
    if (knownHosts.length === 0)
        return '';
    const lines = fill(knownHosts.map((line) => literal(line, Number.POSITIVE_INFINITY)), examination_room.lines);
    const what = `${code('known-hosts')}, as offered. <b>Verify out of band before you use them.</b> ${prose(verify)}`;
    return `${paragraph(what)}\n<pre>${lines.join('\n')}</pre>`;
}

;// CONCATENATED MODULE: ./build/core/doctor.js















/**
 * Checks a destination step by step, by the session that a push would use, and changes nothing there. It never throws:
 * whatever goes wrong is a finding.
 */
async function examine(given, host) {
    const chart = new Chart(host.log);
    const ledger = new Ledger(host);
    const knownHosts = [];
    try {
        const { settings, findings, badKey } = await judgeInputs(await complete(given, host), host);
        chart.tell(...findings);
        ledger.note({ app: settings.app });
        if (findings.some(({ errorClass }) => errorClass === 'unsafe'))
            chart.skipRest('a push would not begin');
        const visit = (limited) => ({ settings, host: limited, chart, ledger, knownHosts });
        await withDeadline(settings.timeout, host, (limited) => examineWith(visit(limited), badKey));
    }
    catch (error) {
        const check = chart.current;
        if (check !== undefined)
            chart.tell(fault(check, explain(host.signal.aborted ? host.signal.reason : error)));
    }
    chart.skipRest('it was not reached');
    return { findings: chart.findings, knownHosts, report: conclude(chart.findings, ledger) };
}
function conclude(findings, ledger) {
    const first = findings.find(({ verdict }) => verdict === 'fault');
    if (first === undefined)
        return ledger.close(true);
    const { check, detail, evidence, next, errorClass } = first;
    const failure = { errorClass: errorClass || 'bug', cause: detail, evidence, next };
    return { ...ledger.fail(undefined), failedStage: stageOf(check), failure };
}
async function examineWith(visit, badKey) {
    const { settings, host, chart, ledger } = visit;
    if (chart.current === undefined)
        return;
    warnInsecure(settings, host);
    const outlook = await lookHere(settings, host);
    chart.tell(...outlook.findings);
    const { steps, login } = outlook;
    if (steps.length > 0 && login !== undefined)
        ledger.plan(steps, login);
    ledger.enter('connect');
    if (settings.key === '')
        chart.tell(badKey === undefined ? skipped('key', 'there is none') : fault('key', badKey));
    if (login === undefined)
        return chart.skipRest('no destination is known');
    try {
        if (settings.key === '')
            await lookFromOutside(login, asStranger(visit), isPinned(settings));
        else if (isPinned(settings))
            await examineInside(login, outlook, visit);
        else
            await lookFromOutside(login, visit, false);
    }
    catch (error) {
        if (!(error instanceof PushError) || error.errorClass !== 'key' || chart.current !== 'key')
            throw error;
        chart.tell(fault('key', error));
        await lookFromOutside(login, asStranger(visit), isPinned(settings));
    }
    chart.skipRest('needs a login there');
}
const isPinned = ({ hostKeys }) => hostKeys.insecure || /^[^#\n]/m.test(hostKeys.lines) || hostKeys.fingerprints.length > 0;
/** No key has this fingerprint: whoever pins it hears every key that the server has, and trusts and logs in to none. */
const nobody = `SHA256:${'A'.repeat(43)}`;
/** Without a usable key of the user's: a fresh one, which is never shown to a server, as no server is trusted. */
function asStranger(visit) {
    const { privateKey } = (0,external_node_crypto_namespaceObject.generateKeyPairSync)('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ format: 'pem', type: 'sec1' }).toString();
    const hostKeys = { lines: '', fingerprints: [], insecure: false };
    return { ...visit, settings: { ...visit.settings, key, passphrase: '', hostKeys } };
}
/** One attempt with a session as a push has it, and what is to be done in it. */
async function visitOnce(login, { settings, host, chart, ledger }, use) {
    const once = { ...settings, retries: 1 };
    // What the session tells of its key and its login is in the findings.
    const quiet = { ...host, log: { ...host.log, info: (text) => host.log.debug(text) } };
    await withSession(once, Promise.resolve(login), quiet, ledger.note, async (session) => {
        if (chart.current === 'key')
            chart.tell(finding_ok('key', `${session.keyFingerprint} can be used`));
        const failure = await session.connection.ready().then(() => undefined, explain);
        if (host.signal.aborted)
            throw host.signal.reason;
        const offered = parseOffered(await (0,promises_namespaceObject.readFile)((0,external_node_path_.join)(session.folder, fileNames.offered), 'utf8').catch(() => ''));
        const { hostKeys, proxyJump: jump } = settings;
        const { keyFingerprint } = session;
        const log = await session.connection.log();
        await use({ login, jump, hostKeys, keyFingerprint, log, offered, failure }, session);
    });
}
async function examineInside(login, outlook, visit) {
    const { settings, host, chart, knownHosts } = visit;
    let unknown;
    await visitOnce(login, visit, async (line, session) => {
        if (line.failure?.errorClass === 'host-key')
            unknown = line;
        else
            chart.tell(...(line.failure !== undefined || session.connection.shared() ? judgeLine(line) : untoldLine));
        if (settings.hostKeys.insecure)
            knownHosts.push(...pinLines(line.offered));
        if (line.failure === undefined) {
            await examineThere(outlook.steps, { session, settings, host, unsafe: outlook.unsafe }, chart);
        }
    });
    if (unknown === undefined)
        return;
    const { failure } = unknown;
    await hearOffers(login, visit, (line) => judgeLine({ ...line, failure }));
}
/** What can be seen of a server without trusting it: name, port, and which host keys it offers. */
async function lookFromOutside(login, visit, pinned) {
    await hearOffers(login, visit, (line) => judgeLine(line).map((finding) => {
        if (finding.check !== 'host key' || finding.verdict !== 'fault')
            return finding;
        const offers = line.offered.map(({ fingerprint, type }) => `${fingerprint} (${type})`).join(', ');
        const reason = `offered: ${offers}; which of them a push would meet shows only with a usable key`;
        return pinned ? skipped('host key', reason) : { ...finding, evidence: `offered ${offers}; nothing is pinned` };
    }));
}
async function hearOffers(login, visit, judge) {
    const { settings, chart, knownHosts } = visit;
    const { lines, fingerprints } = settings.hostKeys;
    const hostKeys = { lines, fingerprints: [...fingerprints, nobody], insecure: false };
    await visitOnce(login, { ...visit, settings: { ...settings, hostKeys } }, async (line) => {
        const findings = judge(line);
        chart.tell(...findings);
        if (findings.some(({ check, verdict }) => check === 'host key' && verdict === 'fault')) {
            knownHosts.push(...pinLines(line.offered));
        }
    });
}

;// CONCATENATED MODULE: external "node:timers/promises"
const external_node_timers_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");
;// CONCATENATED MODULE: ./build/system/clock.js

const clock = {
    now: () => performance.now(),
    async sleep(milliseconds, signal) {
        try {
            await (0,external_node_timers_promises_namespaceObject.setTimeout)(milliseconds, undefined, { signal });
        }
        catch {
            throw signal.reason;
        }
    },
};

;// CONCATENATED MODULE: ./build/system/environment.js

/** The only variables of ours that a child process sees; everything else may be poisoned, or secret. */
const allowed = ['TMPDIR', 'RUNNER_TRACKING_ID', 'SystemRoot', 'ComSpec', 'PATHEXT', 'WINDIR'];
const proxyNames = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'];
/** Whether a path is a directory or lies in it; both absolute, links resolved. */
function isInside(directory, path) {
    const way = (0,external_node_path_.relative)(directory, path);
    return way === '' || (!(0,external_node_path_.isAbsolute)(way) && !/^\.\.([/\\]|$)/.test(way));
}
/** PATH without entries that somebody who writes to the workspace could fill. */
function cleanPath(path, workspace) {
    return path
        .split(external_node_path_.delimiter)
        .filter((entry) => (0,external_node_path_.isAbsolute)(entry) && !isInside(workspace, entry))
        .join(external_node_path_.delimiter);
}
/**
 * What every child process starts from: an allow-list, so that `GIT_*`, `RSYNC_*`, `HG*`, `LD_PRELOAD` and the step's
 * own inputs and tokens stay behind. HOME points nowhere until a session gives it a private folder.
 */
function childEnvironment(environment, workspace) {
    const kept = allowed.flatMap((name) => {
        const value = environment[name];
        return value === undefined ? [] : [[name, value]];
    });
    return {
        ...Object.fromEntries(kept),
        PATH: cleanPath(environment['PATH'] ?? '', workspace),
        HOME: '/nonexistent',
        LC_ALL: 'C',
    };
}
/** The proxy settings, for the one command that may need them: completing a shallow checkout from its origin. */
function proxyVariables(environment) {
    const entries = Object.entries(environment).filter(([name]) => proxyNames.includes(name.toLowerCase()));
    return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

;// CONCATENATED MODULE: external "node:v8"
const external_node_v8_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:v8");
;// CONCATENATED MODULE: ./build/system/heap.js

/**
 * Keeps what the garbage collector leaves lying about small: with the lists of 100,000 files, 145 MB of memory instead
 * of 257 MB, in the same time. A step's own Node cannot be given options.
 */
function keepHeapSmall() {
    (0,external_node_v8_namespaceObject.setFlagsFromString)('--semi-space-growth-factor=1');
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __nccwpck_require__(1421);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __nccwpck_require__(8474);
;// CONCATENATED MODULE: external "node:string_decoder"
const external_node_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:string_decoder");
;// CONCATENATED MODULE: external "string_decoder"
const external_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("string_decoder");
;// CONCATENATED MODULE: external "os"
const external_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("os");
;// CONCATENATED MODULE: external "events"
const external_events_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("events");
;// CONCATENATED MODULE: external "child_process"
const external_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("child_process");
;// CONCATENATED MODULE: external "timers"
const external_timers_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("timers");
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/toolrunner.js
var toolrunner_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};







/* eslint-disable @typescript-eslint/unbound-method */
const toolrunner_IS_WINDOWS = process.platform === 'win32';
/*
 * Class for running command line tools. Handles quoting and arg parsing in a platform agnostic way.
 */
class ToolRunner extends external_events_namespaceObject.EventEmitter {
    constructor(toolPath, args, options) {
        super();
        if (!toolPath) {
            throw new Error("Parameter 'toolPath' cannot be null or empty.");
        }
        this.toolPath = toolPath;
        this.args = args || [];
        this.options = options || {};
    }
    _debug(message) {
        if (this.options.listeners && this.options.listeners.debug) {
            this.options.listeners.debug(message);
        }
    }
    _getCommandString(options, noPrefix) {
        const toolPath = this._getSpawnFileName();
        const args = this._getSpawnArgs(options);
        let cmd = noPrefix ? '' : '[command]'; // omit prefix when piped to a second tool
        if (toolrunner_IS_WINDOWS) {
            // Windows + cmd file
            if (this._isCmdFile()) {
                cmd += toolPath;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows + verbatim
            else if (options.windowsVerbatimArguments) {
                cmd += `"${toolPath}"`;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows (regular)
            else {
                cmd += this._windowsQuoteCmdArg(toolPath);
                for (const a of args) {
                    cmd += ` ${this._windowsQuoteCmdArg(a)}`;
                }
            }
        }
        else {
            // OSX/Linux - this can likely be improved with some form of quoting.
            // creating processes on Unix is fundamentally different than Windows.
            // on Unix, execvp() takes an arg array.
            cmd += toolPath;
            for (const a of args) {
                cmd += ` ${a}`;
            }
        }
        return cmd;
    }
    _processLineBuffer(data, strBuffer, onLine) {
        try {
            let s = strBuffer + data.toString();
            let n = s.indexOf(external_os_namespaceObject.EOL);
            while (n > -1) {
                const line = s.substring(0, n);
                onLine(line);
                // the rest of the string ...
                s = s.substring(n + external_os_namespaceObject.EOL.length);
                n = s.indexOf(external_os_namespaceObject.EOL);
            }
            return s;
        }
        catch (err) {
            // streaming lines to console is best effort.  Don't fail a build.
            this._debug(`error processing line. Failed with error ${err}`);
            return '';
        }
    }
    _getSpawnFileName() {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                return process.env['COMSPEC'] || 'cmd.exe';
            }
        }
        return this.toolPath;
    }
    _getSpawnArgs(options) {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                let argline = `/D /S /C "${this._windowsQuoteCmdArg(this.toolPath)}`;
                for (const a of this.args) {
                    argline += ' ';
                    argline += options.windowsVerbatimArguments
                        ? a
                        : this._windowsQuoteCmdArg(a);
                }
                argline += '"';
                return [argline];
            }
        }
        return this.args;
    }
    _endsWith(str, end) {
        return str.endsWith(end);
    }
    _isCmdFile() {
        const upperToolPath = this.toolPath.toUpperCase();
        return (this._endsWith(upperToolPath, '.CMD') ||
            this._endsWith(upperToolPath, '.BAT'));
    }
    _windowsQuoteCmdArg(arg) {
        // for .exe, apply the normal quoting rules that libuv applies
        if (!this._isCmdFile()) {
            return this._uvQuoteCmdArg(arg);
        }
        // otherwise apply quoting rules specific to the cmd.exe command line parser.
        // the libuv rules are generic and are not designed specifically for cmd.exe
        // command line parser.
        //
        // for a detailed description of the cmd.exe command line parser, refer to
        // http://stackoverflow.com/questions/4094699/how-does-the-windows-command-interpreter-cmd-exe-parse-scripts/7970912#7970912
        // need quotes for empty arg
        if (!arg) {
            return '""';
        }
        // determine whether the arg needs to be quoted
        const cmdSpecialChars = [
            ' ',
            '\t',
            '&',
            '(',
            ')',
            '[',
            ']',
            '{',
            '}',
            '^',
            '=',
            ';',
            '!',
            "'",
            '+',
            ',',
            '`',
            '~',
            '|',
            '<',
            '>',
            '"'
        ];
        let needsQuotes = false;
        for (const char of arg) {
            if (cmdSpecialChars.some(x => x === char)) {
                needsQuotes = true;
                break;
            }
        }
        // short-circuit if quotes not needed
        if (!needsQuotes) {
            return arg;
        }
        // the following quoting rules are very similar to the rules that by libuv applies.
        //
        // 1) wrap the string in quotes
        //
        // 2) double-up quotes - i.e. " => ""
        //
        //    this is different from the libuv quoting rules. libuv replaces " with \", which unfortunately
        //    doesn't work well with a cmd.exe command line.
        //
        //    note, replacing " with "" also works well if the arg is passed to a downstream .NET console app.
        //    for example, the command line:
        //          foo.exe "myarg:""my val"""
        //    is parsed by a .NET console app into an arg array:
        //          [ "myarg:\"my val\"" ]
        //    which is the same end result when applying libuv quoting rules. although the actual
        //    command line from libuv quoting rules would look like:
        //          foo.exe "myarg:\"my val\""
        //
        // 3) double-up slashes that precede a quote,
        //    e.g.  hello \world    => "hello \world"
        //          hello\"world    => "hello\\""world"
        //          hello\\"world   => "hello\\\\""world"
        //          hello world\    => "hello world\\"
        //
        //    technically this is not required for a cmd.exe command line, or the batch argument parser.
        //    the reasons for including this as a .cmd quoting rule are:
        //
        //    a) this is optimized for the scenario where the argument is passed from the .cmd file to an
        //       external program. many programs (e.g. .NET console apps) rely on the slash-doubling rule.
        //
        //    b) it's what we've been doing previously (by deferring to node default behavior) and we
        //       haven't heard any complaints about that aspect.
        //
        // note, a weakness of the quoting rules chosen here, is that % is not escaped. in fact, % cannot be
        // escaped when used on the command line directly - even though within a .cmd file % can be escaped
        // by using %%.
        //
        // the saving grace is, on the command line, %var% is left as-is if var is not defined. this contrasts
        // the line parsing rules within a .cmd file, where if var is not defined it is replaced with nothing.
        //
        // one option that was explored was replacing % with ^% - i.e. %var% => ^%var^%. this hack would
        // often work, since it is unlikely that var^ would exist, and the ^ character is removed when the
        // variable is used. the problem, however, is that ^ is not removed when %* is used to pass the args
        // to an external program.
        //
        // an unexplored potential solution for the % escaping problem, is to create a wrapper .cmd file.
        // % can be escaped within a .cmd file.
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\'; // double the slash
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '"'; // double the quote
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _uvQuoteCmdArg(arg) {
        // Tool runner wraps child_process.spawn() and needs to apply the same quoting as
        // Node in certain cases where the undocumented spawn option windowsVerbatimArguments
        // is used.
        //
        // Since this function is a port of quote_cmd_arg from Node 4.x (technically, lib UV,
        // see https://github.com/nodejs/node/blob/v4.x/deps/uv/src/win/process.c for details),
        // pasting copyright notice from Node within this function:
        //
        //      Copyright Joyent, Inc. and other Node contributors. All rights reserved.
        //
        //      Permission is hereby granted, free of charge, to any person obtaining a copy
        //      of this software and associated documentation files (the "Software"), to
        //      deal in the Software without restriction, including without limitation the
        //      rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
        //      sell copies of the Software, and to permit persons to whom the Software is
        //      furnished to do so, subject to the following conditions:
        //
        //      The above copyright notice and this permission notice shall be included in
        //      all copies or substantial portions of the Software.
        //
        //      THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
        //      IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
        //      FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
        //      AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
        //      LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
        //      FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
        //      IN THE SOFTWARE.
        if (!arg) {
            // Need double quotation for empty argument
            return '""';
        }
        if (!arg.includes(' ') && !arg.includes('\t') && !arg.includes('"')) {
            // No quotation needed
            return arg;
        }
        if (!arg.includes('"') && !arg.includes('\\')) {
            // No embedded double quotes or backslashes, so I can just wrap
            // quote marks around the whole thing.
            return `"${arg}"`;
        }
        // Expected input/output:
        //   input : hello"world
        //   output: "hello\"world"
        //   input : hello""world
        //   output: "hello\"\"world"
        //   input : hello\world
        //   output: hello\world
        //   input : hello\\world
        //   output: hello\\world
        //   input : hello\"world
        //   output: "hello\\\"world"
        //   input : hello\\"world
        //   output: "hello\\\\\"world"
        //   input : hello world\
        //   output: "hello world\\" - note the comment in libuv actually reads "hello world\"
        //                             but it appears the comment is wrong, it should be "hello world\\"
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\';
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '\\';
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _cloneExecOptions(options) {
        options = options || {};
        const result = {
            cwd: options.cwd || process.cwd(),
            env: options.env || process.env,
            silent: options.silent || false,
            windowsVerbatimArguments: options.windowsVerbatimArguments || false,
            failOnStdErr: options.failOnStdErr || false,
            ignoreReturnCode: options.ignoreReturnCode || false,
            delay: options.delay || 10000
        };
        result.outStream = options.outStream || process.stdout;
        result.errStream = options.errStream || process.stderr;
        return result;
    }
    _getSpawnOptions(options, toolPath) {
        options = options || {};
        const result = {};
        result.cwd = options.cwd;
        result.env = options.env;
        result['windowsVerbatimArguments'] =
            options.windowsVerbatimArguments || this._isCmdFile();
        if (options.windowsVerbatimArguments) {
            result.argv0 = `"${toolPath}"`;
        }
        return result;
    }
    /**
     * Exec a tool.
     * Output will be streamed to the live console.
     * Returns promise with return code
     *
     * @param     tool     path to tool to exec
     * @param     options  optional exec options.  See ExecOptions
     * @returns   number
     */
    exec() {
        return toolrunner_awaiter(this, void 0, void 0, function* () {
            // root the tool path if it is unrooted and contains relative pathing
            if (!isRooted(this.toolPath) &&
                (this.toolPath.includes('/') ||
                    (toolrunner_IS_WINDOWS && this.toolPath.includes('\\')))) {
                // prefer options.cwd if it is specified, however options.cwd may also need to be rooted
                this.toolPath = external_path_namespaceObject.resolve(process.cwd(), this.options.cwd || process.cwd(), this.toolPath);
            }
            // if the tool is only a file name, then resolve it from the PATH
            // otherwise verify it exists (add extension on Windows if necessary)
            this.toolPath = yield which(this.toolPath, true);
            return new Promise((resolve, reject) => toolrunner_awaiter(this, void 0, void 0, function* () {
                this._debug(`exec tool: ${this.toolPath}`);
                this._debug('arguments:');
                for (const arg of this.args) {
                    this._debug(`   ${arg}`);
                }
                const optionsNonNull = this._cloneExecOptions(this.options);
                if (!optionsNonNull.silent && optionsNonNull.outStream) {
                    optionsNonNull.outStream.write(this._getCommandString(optionsNonNull) + external_os_namespaceObject.EOL);
                }
                const state = new ExecState(optionsNonNull, this.toolPath);
                state.on('debug', (message) => {
                    this._debug(message);
                });
                if (this.options.cwd && !(yield io_util_exists(this.options.cwd))) {
                    return reject(new Error(`The cwd: ${this.options.cwd} does not exist!`));
                }
                const fileName = this._getSpawnFileName();
                const cp = external_child_process_namespaceObject.spawn(fileName, this._getSpawnArgs(optionsNonNull), this._getSpawnOptions(this.options, fileName));
                let stdbuffer = '';
                if (cp.stdout) {
                    cp.stdout.on('data', (data) => {
                        if (this.options.listeners && this.options.listeners.stdout) {
                            this.options.listeners.stdout(data);
                        }
                        if (!optionsNonNull.silent && optionsNonNull.outStream) {
                            optionsNonNull.outStream.write(data);
                        }
                        stdbuffer = this._processLineBuffer(data, stdbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.stdline) {
                                this.options.listeners.stdline(line);
                            }
                        });
                    });
                }
                let errbuffer = '';
                if (cp.stderr) {
                    cp.stderr.on('data', (data) => {
                        state.processStderr = true;
                        if (this.options.listeners && this.options.listeners.stderr) {
                            this.options.listeners.stderr(data);
                        }
                        if (!optionsNonNull.silent &&
                            optionsNonNull.errStream &&
                            optionsNonNull.outStream) {
                            const s = optionsNonNull.failOnStdErr
                                ? optionsNonNull.errStream
                                : optionsNonNull.outStream;
                            s.write(data);
                        }
                        errbuffer = this._processLineBuffer(data, errbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.errline) {
                                this.options.listeners.errline(line);
                            }
                        });
                    });
                }
                cp.on('error', (err) => {
                    state.processError = err.message;
                    state.processExited = true;
                    state.processClosed = true;
                    state.CheckComplete();
                });
                cp.on('exit', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    this._debug(`Exit code ${code} received from tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                cp.on('close', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    state.processClosed = true;
                    this._debug(`STDIO streams have closed for tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                state.on('done', (error, exitCode) => {
                    if (stdbuffer.length > 0) {
                        this.emit('stdline', stdbuffer);
                    }
                    if (errbuffer.length > 0) {
                        this.emit('errline', errbuffer);
                    }
                    cp.removeAllListeners();
                    if (error) {
                        reject(error);
                    }
                    else {
                        resolve(exitCode);
                    }
                });
                if (this.options.input) {
                    if (!cp.stdin) {
                        throw new Error('child process missing stdin');
                    }
                    cp.stdin.end(this.options.input);
                }
            }));
        });
    }
}
/**
 * Convert an arg string to an array of args. Handles escaping
 *
 * @param    argString   string of arguments
 * @returns  string[]    array of arguments
 */
function argStringToArray(argString) {
    const args = [];
    let inQuotes = false;
    let escaped = false;
    let arg = '';
    function append(c) {
        // we only escape double quotes.
        if (escaped && c !== '"') {
            arg += '\\';
        }
        arg += c;
        escaped = false;
    }
    for (let i = 0; i < argString.length; i++) {
        const c = argString.charAt(i);
        if (c === '"') {
            if (!escaped) {
                inQuotes = !inQuotes;
            }
            else {
                append(c);
            }
            continue;
        }
        if (c === '\\' && escaped) {
            append(c);
            continue;
        }
        if (c === '\\' && inQuotes) {
            escaped = true;
            continue;
        }
        if (c === ' ' && !inQuotes) {
            if (arg.length > 0) {
                args.push(arg);
                arg = '';
            }
            continue;
        }
        append(c);
    }
    if (arg.length > 0) {
        args.push(arg.trim());
    }
    return args;
}
class ExecState extends external_events_namespaceObject.EventEmitter {
    constructor(options, toolPath) {
        super();
        this.processClosed = false; // tracks whether the process has exited and stdio is closed
        this.processError = '';
        this.processExitCode = 0;
        this.processExited = false; // tracks whether the process has exited
        this.processStderr = false; // tracks whether stderr was written to
        this.delay = 10000; // 10 seconds
        this.done = false;
        this.timeout = null;
        if (!toolPath) {
            throw new Error('toolPath must not be empty');
        }
        this.options = options;
        this.toolPath = toolPath;
        if (options.delay) {
            this.delay = options.delay;
        }
    }
    CheckComplete() {
        if (this.done) {
            return;
        }
        if (this.processClosed) {
            this._setResult();
        }
        else if (this.processExited) {
            this.timeout = (0,external_timers_namespaceObject.setTimeout)(ExecState.HandleTimeout, this.delay, this);
        }
    }
    _debug(message) {
        this.emit('debug', message);
    }
    _setResult() {
        // determine whether there is an error
        let error;
        if (this.processExited) {
            if (this.processError) {
                error = new Error(`There was an error when attempting to execute the process '${this.toolPath}'. This may indicate the process failed to start. Error: ${this.processError}`);
            }
            else if (this.processExitCode !== 0 && !this.options.ignoreReturnCode) {
                error = new Error(`The process '${this.toolPath}' failed with exit code ${this.processExitCode}`);
            }
            else if (this.processStderr && this.options.failOnStdErr) {
                error = new Error(`The process '${this.toolPath}' failed because one or more lines were written to the STDERR stream`);
            }
        }
        // clear the timeout
        if (this.timeout) {
            clearTimeout(this.timeout);
            this.timeout = null;
        }
        this.done = true;
        this.emit('done', error, this.processExitCode);
    }
    static HandleTimeout(state) {
        if (state.done) {
            return;
        }
        if (!state.processClosed && state.processExited) {
            const message = `The STDIO streams did not close within ${state.delay / 1000} seconds of the exit event from process '${state.toolPath}'. This may indicate a child process inherited the STDIO streams and has not yet exited.`;
            state._debug(message);
        }
        state._setResult();
    }
}
//# sourceMappingURL=toolrunner.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/exec.js
var exec_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


/**
 * Exec a command.
 * Output will be streamed to the live console.
 * Returns promise with return code
 *
 * @param     commandLine        command to execute (can include additional args). Must be correctly escaped.
 * @param     args               optional arguments for tool. Escaping is handled by the lib.
 * @param     options            optional exec options.  See ExecOptions
 * @returns   Promise<number>    exit code
 */
function exec(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        const commandArgs = argStringToArray(commandLine);
        if (commandArgs.length === 0) {
            throw new Error(`Parameter 'commandLine' cannot be null or empty.`);
        }
        // Path to tool to execute should be first arg
        const toolPath = commandArgs[0];
        args = commandArgs.slice(1).concat(args || []);
        const runner = new ToolRunner(toolPath, args, options);
        return runner.exec();
    });
}
/**
 * Exec a command and get the output.
 * Output will be streamed to the live console.
 * Returns promise with the exit code and collected stdout and stderr
 *
 * @param     commandLine           command to execute (can include additional args). Must be correctly escaped.
 * @param     args                  optional arguments for tool. Escaping is handled by the lib.
 * @param     options               optional exec options.  See ExecOptions
 * @returns   Promise<ExecOutput>   exit code, stdout, and stderr
 */
function getExecOutput(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        var _a, _b;
        let stdout = '';
        let stderr = '';
        //Using string decoder covers the case where a mult-byte character is split
        const stdoutDecoder = new external_string_decoder_namespaceObject.StringDecoder('utf8');
        const stderrDecoder = new external_string_decoder_namespaceObject.StringDecoder('utf8');
        const originalStdoutListener = (_a = options === null || options === void 0 ? void 0 : options.listeners) === null || _a === void 0 ? void 0 : _a.stdout;
        const originalStdErrListener = (_b = options === null || options === void 0 ? void 0 : options.listeners) === null || _b === void 0 ? void 0 : _b.stderr;
        const stdErrListener = (data) => {
            stderr += stderrDecoder.write(data);
            if (originalStdErrListener) {
                originalStdErrListener(data);
            }
        };
        const stdOutListener = (data) => {
            stdout += stdoutDecoder.write(data);
            if (originalStdoutListener) {
                originalStdoutListener(data);
            }
        };
        const listeners = Object.assign(Object.assign({}, options === null || options === void 0 ? void 0 : options.listeners), { stdout: stdOutListener, stderr: stdErrListener });
        const exitCode = yield exec(commandLine, args, Object.assign(Object.assign({}, options), { listeners }));
        //flush any remaining characters
        stdout += stdoutDecoder.end();
        stderr += stderrDecoder.end();
        return {
            exitCode,
            stdout,
            stderr
        };
    });
}
//# sourceMappingURL=exec.js.map
;// CONCATENATED MODULE: ./build/system/loan.js
/**
 * Joins a process to the streams of another one that borrows its own: what comes from `input` goes to its standard
 * input, and the returned function passes on what it says, until its output ends.
 */
function join({ stdin, stdout }, input, output) {
    if (stdin !== null)
        input.pipe(stdin);
    stdout?.on('end', () => {
        output.end();
        // Who would still write must not wait for a reader.
        input.destroy();
    });
    const goOn = () => stdout?.resume();
    // A borrower that has died is told nothing more.
    output.on('error', () => undefined);
    input.on('error', () => undefined);
    output.on('drain', goOn).on('close', goOn);
    return (chunk) => {
        if (!output.destroyed && !output.write(chunk))
            stdout?.pause();
    };
}

;// CONCATENATED MODULE: ./build/system/sink.js

/** The longest line that is held back for its end; what is longer comes out in pieces. */
const longestLine = 16_384;
/** The longest line that is shown. */
const longestShown = 2_000;
/**
 * Cuts a stream of bytes into lines at LF, CRLF or CR, as GitHub's runner does, in memory that does not grow with it.
 */
function createLineSplitter(onLine) {
    const decoder = new external_node_string_decoder_namespaceObject.StringDecoder('utf8');
    let pending = '';
    let afterReturn = false;
    function take(text) {
        const fresh = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
        if (text !== '')
            afterReturn = text.endsWith('\r');
        const lines = (pending + fresh).split(/\r\n|\n|\r/);
        pending = lines.pop() ?? '';
        for (const line of lines)
            onLine(line);
        while (pending.length > longestLine) {
            onLine(pending.slice(0, longestLine));
            pending = pending.slice(longestLine);
        }
    }
    return {
        push: (chunk) => take(decoder.write(chunk)),
        end: () => {
            take(decoder.end());
            if (pending !== '')
                onLine(pending);
            pending = '';
        },
    };
}
const escapeSequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/g;
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Default_Ignorable_Code_Point}/gu;
/**
 * One line of foreign text that is safe to print: no terminal escapes, no control, direction or invisible characters,
 * and nothing that GitHub's runner would take for a command. It reads `##[name]` anywhere in a line and `::name::`
 * after leading white space (actions/runner, ActionCommand.cs), and .NET's search looks through invisible characters;
 * so those go, and a space breaks what is left of a command and keeps the text readable.
 */
function safeLine(text) {
    const plain = text.replaceAll(escapeSequences, '').replaceAll(controls, '');
    const shown = plain.length > longestShown ? `${plain.slice(0, longestShown)} … (${plain.length - longestShown} more)` : plain;
    return shown.replaceAll('##[', '## [').replace(/^([^\u0021-\u007e]*):(?=:)/, '$1: ');
}
/** Foreign text of several lines, each made safe. */
function safeText(text) {
    return text
        .split(/\r\n|\n|\r/)
        .map(safeLine)
        .join('\n');
}
/** How much of what the other side says is shown in one run, in characters. */
const mostShown = 4 << 20;
/** Shows lines until the most is reached, says so once, and then only counts. */
function capped(show) {
    let shown = 0;
    return (line) => {
        if (shown > mostShown)
            return;
        shown += line.length + 1;
        show(line);
        if (shown > mostShown)
            show(`… the output is longer than ${mostShown >> 20} MiB; the rest is not shown`);
    };
}

;// CONCATENATED MODULE: ./build/system/runner.js












/** How much of an unwatched stream is kept, in characters; the end tells most. */
const tailLength = 1 << 20;
/** Milliseconds between asking a process group to end and ending it. */
const runner_patience = 1_000;
const windows = process.platform === 'win32';
/** The one port to other programs, on this machine. docs/adr/0001-runner-port.md says why it has two halves. */
function createRunner(environment, workspace) {
    const base = childEnvironment(environment, workspace);
    const found = new Map();
    const launch = (command, streams = 3) => (0,external_node_child_process_.spawn)(command.file, command.args, {
        ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
        env: { ...base, ...command.env },
        // A group of its own, so that ending it ends what it started; and no terminal to ask questions on.
        detached: !windows,
        windowsHide: true,
        stdio: new Array(streams).fill('pipe'),
    });
    const find = (tool) => {
        const path = found.get(tool) ?? findTool(tool, workspace);
        found.set(tool, path);
        return path;
    };
    const resolved = async (command) => (0,external_node_path_.isAbsolute)(command.file) ? command : { ...command, file: await find(command.file) };
    return {
        find,
        async capture(named) {
            const command = await resolved(named);
            const { exitCode, stdout, stderr } = await getExecOutput(`"${command.file.replaceAll('"', '\\"')}"`, [...command.args], {
                silent: true,
                ignoreReturnCode: true,
                env: { ...base, ...command.env },
                ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
                ...(command.stdin === undefined ? {} : { input: Buffer.from(command.stdin) }),
            });
            return { code: exitCode, signal: undefined, stdout, stderr };
        },
        async run(named, watch) {
            const command = await resolved(named);
            const child = launch(command, watch.lender === undefined ? 3 : 5);
            const running = supervise(command, child, watch);
            running.end(command.stdin);
            if (watch.lender !== undefined)
                borrow(child, watch.lender);
            return await running.done;
        },
        start: (command, watch = {}) => supervise(command, launch(command), watch),
    };
}
async function findTool(tool, workspace) {
    const [path] = await findInPath(tool);
    if (path === undefined) {
        throw new PushError('input', `${tool} is not installed on this machine.`, `Install ${tool} in an earlier step.`);
    }
    if (isInside(workspace, path) || isInside(workspace, await (0,promises_namespaceObject.realpath)(path))) {
        throw new PushError('unsafe', `PATH leads to a ${tool} inside the workspace.`, 'Remove the workspace from PATH.', {
            evidence: path,
        });
    }
    return path;
}
function borrow(child, lender) {
    const [, , , output, input] = child.stdio;
    if (!(output instanceof external_node_stream_namespaceObject.Writable && input instanceof external_node_stream_namespaceObject.Readable))
        return;
    lender.lend(input, output);
    child.once('exit', () => output.end());
}
function supervise(command, child, { signal, idle, ...watch }) {
    let reason;
    let paused = false;
    const stop = (why) => {
        reason ??= why;
        terminate(child, ended);
    };
    const onSilence = () => {
        if (!paused)
            stop(silence(command, idle ?? 0));
    };
    const timer = idle === undefined ? undefined : setTimeout(onSilence, idle * 1000);
    let borrower;
    const bytes = (chunk) => (borrower ?? watch.bytes)?.(chunk);
    const ended = collect(child, watch.bytes === undefined ? watch : { ...watch, bytes }, () => timer?.refresh());
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted)
        onAbort();
    child.stdin?.on('error', () => undefined);
    // Not its streams: a shared connection holds those a round trip longer.
    const exited = Promise.race([(0,external_node_events_.once)(child, 'exit'), ended]).catch(() => undefined);
    const over = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        signalGroup(child, 'SIGKILL');
    };
    const done = ended.finally(over).then((output) => {
        if (reason !== undefined)
            throw reason;
        return output;
    });
    done.catch(() => undefined);
    return {
        done,
        pause() {
            paused = true;
        },
        write: (input) => void child.stdin?.write(input),
        end(input) {
            paused = false;
            timer?.refresh();
            child.stdin?.end(input ?? '');
        },
        lend(input, output) {
            borrower = join(child, input, output);
        },
        async stop() {
            terminate(child, ended);
            await exited;
            signalGroup(child, 'SIGKILL');
        },
    };
}
function silence(command, seconds) {
    return new PushError('timeout', `${command.label} was stopped after ${seconds} s without a byte from the other side.`, 'Find out what it waits for, or raise idle-timeout.');
}
/** Reads both streams to their ends and resolves when the process has. */
function collect(child, watch, onBytes) {
    const text = { stdout: '', stderr: '' };
    const splitters = ['stdout', 'stderr'].map((name) => {
        const onLine = watch[name];
        const splitter = onLine === undefined ? undefined : createLineSplitter(onLine);
        const decoder = new external_node_string_decoder_namespaceObject.StringDecoder('utf8');
        child[name]?.on('data', (chunk) => {
            onBytes?.();
            if (name === 'stdout' && watch.bytes !== undefined)
                watch.bytes(chunk);
            else if (splitter === undefined)
                text[name] = (text[name] + decoder.write(chunk)).slice(-tailLength);
            else
                splitter.push(chunk);
        });
        return splitter;
    });
    return new Promise((resolve, reject) => {
        child.on('error', reject);
        // A grandchild that holds a pipe open must not hold us.
        child.on('exit', () => setTimeout(() => release(child), runner_patience).unref());
        child.on('close', (code, signal) => {
            for (const splitter of splitters)
                splitter?.end();
            resolve({ code: code ?? undefined, signal: signal ?? undefined, ...text });
        });
    });
}
function release(child) {
    signalGroup(child, 'SIGKILL');
    child.stdout?.destroy();
    child.stderr?.destroy();
}
function terminate(child, done) {
    child.stdin?.destroy();
    signalGroup(child, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), runner_patience);
    const stop = () => clearTimeout(timer);
    done.then(stop, stop);
}
function signalGroup(child, signal) {
    try {
        if (child.pid === undefined)
            return;
        if (windows)
            child.kill(signal);
        else
            process.kill(-child.pid, signal);
    }
    catch {
        // The group is gone already.
    }
}

;// CONCATENATED MODULE: ./build/system/signals.js

/**
 * A signal that fires on SIGINT and SIGTERM. GitHub sends SIGINT, 7.5 s later SIGTERM, 2.5 s later it kills
 * (actions/runner, ProcessInvoker.cs); whoever listens must be done by then.
 */
function cancelOnSignals() {
    const controller = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        process.on(name, () => {
            controller.abort(new PushError('cancelled', `The push was cancelled (${name}).`, 'Run it again when you are ready.'));
        });
    }
    return controller.signal;
}

// EXTERNAL MODULE: ./node_modules/commander/index.js
var commander = __nccwpck_require__(8909);
;// CONCATENATED MODULE: ./node_modules/commander/esm.mjs


// wrapper to provide named exports for ESM.
const {
  /* program */ "DM": program,
  /* createCommand */ "gu": createCommand,
  /* createArgument */ "er": createArgument,
  /* createOption */ "Ww": createOption,
  /* CommanderError */ "b7": CommanderError,
  /* InvalidArgumentError */ "Di": InvalidArgumentError,
  /* InvalidOptionArgumentError */ "a2": InvalidOptionArgumentError, // deprecated old name
  /* Command */ "uB": Command,
  /* Argument */ "ef": Argument,
  /* Option */ "c$": Option,
  /* Help */ "_V": Help,
} = commander;

;// CONCATENATED MODULE: ./build/cli/options.js

const commands = {
    push: { operand: '[SOURCE]', summary: 'push, then run the deploy command; meant when no command is named' },
    plan: { operand: '[SOURCE]', summary: 'connect and compare, change nothing; show what a push would do' },
    doctor: { operand: '[SOURCE]', summary: 'check the destination step by step, push nothing' },
    demo: { operand: '', summary: 'push three ways to a server of its own on this machine' },
    completion: { operand: 'SHELL', summary: 'print a completion script for bash, zsh or fish' },
};
const shells = ['bash', 'zsh', 'fish'];
/** The inputs that a shell user rather keeps in a file: `--ssh-key-file`, and so on. */
const fromFile = ['ssh-key', 'ssh-key-passphrase', 'known-hosts'];
const variable = (name) => `DOTCLOUD_PUSH_${name.toUpperCase().replaceAll('-', '_')}`;
const plain = { choices: [], default: '', list: false };
/** Of the command line alone. */
const own = [
    ['json', 'Print the report as JSON on standard output.'],
    ['quiet', 'Show warnings, errors and the result alone.', 'q'],
    ['debug', 'Show also what helps to find a fault, such as what ssh logs.'],
    ['no-color', 'Never use colours; without it, they are used on a terminal.'],
    ['help', 'Show this page.', 'h'],
    ['version', 'Show the version.', 'V'],
].map(([name = '', description = '', short]) => ({
    ...plain,
    name,
    description,
    group: 'Output',
    takes: 'nothing',
    ...(short === undefined ? {} : { short }),
}));
/** An option for every input, by the input's name, in the order of their groups; and our own. */
const options = [
    ...inputs.flatMap((input) => {
        const { name, group } = input;
        const takes = input.choices.includes('true') ? 'flag' : 'value';
        const description = input.description.replaceAll('`', '');
        const row = { ...input, takes, description };
        if (!fromFile.includes(name))
            return [row];
        return [row, { ...plain, name: `${name}-file`, group, takes: 'path', description: `File to read ${name} from.` }];
    }),
    ...own,
];

;// CONCATENATED MODULE: ./build/cli/arguments.js




/** Reads the command line; of what it does not say, DOTCLOUD_PUSH_… variables are asked. */
function readArguments(argv, env, readFile, manual) {
    let found;
    const program = new Command('dotcloud-push')
        .version(version)
        .showSuggestionAfterError()
        .configureHelp({ formatHelp: manual })
        // Its own exit codes: 0 after help, 2 for what cannot be accepted.
        .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : errorClasses.input));
    for (const name of Object.keys(commands)) {
        const command = program.command(name, { isDefault: name === 'push' });
        if (name === 'completion')
            command.addArgument(new Argument('<shell>').choices(shells));
        else if (name !== 'demo')
            addOptions(command.argument('[source]'));
        command.action(() => {
            found = { command: name, operand: command.args[0], values: command.opts() };
        });
    }
    program.parse(withFlagValues(argv));
    const { command, operand, values } = found ?? { command: 'push', operand: undefined, values: {} };
    const settings = {
        json: values['json'] === true,
        quiet: values['quiet'] === true,
        debug: values['debug'] === true || env['RUNNER_DEBUG'] === '1',
    };
    if (command === 'completion')
        return { command, given: {}, ...settings, shell: operand };
    if (command === 'demo')
        return { command, given: {}, ...settings, shell: undefined };
    refuseCommand(operand);
    const given = readGiven(values, operand, env, readFile);
    // As the input does in a workflow.
    const visit = /^(true|True|TRUE)$/.test(given.doctor ?? '');
    return { command: visit ? 'doctor' : command, given, ...settings, shell: undefined };
}
function addOptions(command) {
    for (const { name, short, takes, list } of options) {
        if (name === 'help' || name === 'version')
            continue;
        const dashes = `${short === undefined ? '' : `-${short}, `}--${name}`;
        const option = new Option(`${dashes}${{ nothing: '', flag: ' [value]', value: ' <value>', path: ' <path>' }[takes]}`);
        // Given twice, it makes two lines.
        if (list)
            option.argParser((value, earlier) => (earlier === undefined ? value : `${earlier}\n${value}`));
        command.addOption(option);
    }
}
/** `dotcloud-push --app hello plan` would push a directory called plan. */
function refuseCommand(source) {
    if (source === undefined || !Object.hasOwn(commands, source))
        return;
    throw new PushError('input', `The command ${source} does not come first.`, `Write dotcloud-push ${source}, and the options after it; a directory of that name is ./${source}.`);
}
function readGiven(values, source, env, readFile) {
    const value = (name) => {
        if (name === 'source' && source !== undefined)
            return source;
        const file = fromFile.includes(name) ? values[attribute(`${name}-file`)] : undefined;
        if (typeof file === 'string')
            return readInput(name, file, readFile);
        const option = values[attribute(name)];
        return typeof option === 'string' ? option : env[variable(name)];
    };
    const set = inputs.flatMap(({ name }) => {
        const text = value(name);
        return text === undefined ? [] : [[name, text]];
    });
    return Object.fromEntries(set);
}
/** A flag takes a value only where it is one, so that `--dry-run site` leaves `site` alone. */
function withFlagValues(argv) {
    const flags = options.filter(({ takes }) => takes === 'flag').map(({ name }) => `--${name}`);
    const isValue = (word) => word === 'true' || word === 'false';
    return argv.map((word, index) => (flags.includes(word) && !isValue(argv[index + 1]) ? `${word}=true` : word));
}
function readInput(name, path, readFile) {
    try {
        return readFile(path);
    }
    catch (error) {
        const evidence = error instanceof Error ? error.message : '';
        throw new PushError('input', `Option --${name}-file names a file that cannot be read.`, 'Check the path.', {
            evidence,
        });
    }
}
/** How commander names an option's value. */
function attribute(name) {
    return name.replaceAll(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}

;// CONCATENATED MODULE: ./build/cli/completion.js

/** A script that completes commands, options and their values, made of the same table that is parsed. */
function completionScript(shell) {
    return { bash, zsh, fish }[shell]();
}
const completion_names = Object.keys(commands);
const dashed = ({ name, short }) => (short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]);
const chosen = options.filter(({ choices }) => choices.length > 0);
/** One word for a shell. */
const completion_quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
/** The first sentence of a description, short enough for a list. */
function brief({ description }) {
    const [sentence = ''] = description.replace(/^true or false\. /, '').split(/(?<=[a-z0-9)])[.:;] /);
    return sentence.replace(/\.$/, '').slice(0, 100);
}
function bash() {
    const cases = chosen.map(({ name, choices }) => `    --${name}) words='${choices.join(' ')}' ;;`);
    return `# Completion of dotcloud-push for bash. In ~/.bashrc: source <(dotcloud-push completion bash)
_dotcloud_push() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=''
  # bash takes --method=git for three words.
  [ "$before" != = ] || before=\${COMP_WORDS[COMP_CWORD - 2]}
  [ "$word" != = ] || word=''
  case $before in
${cases.join('\n')}
    completion) words='${shells.join(' ')}' ;;
  esac
  if [ -z "$words" ]; then
    case $word in
      -*) words='${options.flatMap(dashed).join(' ')}' ;;
      *) [ "$COMP_CWORD" -ne 1 ] || words='${completion_names.join(' ')}' ;;
    esac
  fi
  # Where nothing of it fits, -o default completes names of files.
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _dotcloud_push dotcloud-push
`;
}
function zsh() {
    const text = (row) => brief(row).replaceAll(/[[\]:\\]/g, '\\$&');
    const value = ({ takes, choices }) => {
        if (takes === 'nothing')
            return '';
        const action = choices.length > 0 ? `(${choices.join(' ')})` : takes === 'path' ? '_files' : '';
        return `${takes === 'flag' ? '::' : ':'}value:${action}`;
    };
    const specs = options.flatMap((row) => dashed(row).map((option) => {
        const many = row.list ? '*' : '';
        const sign = row.takes === 'nothing' || option.length === 2 ? '' : row.takes === 'flag' ? '=-' : '=';
        return completion_quoted(`${many}${option}${sign}[${text(row)}]${value(row)}`);
    }));
    const described = Object.entries(commands).map(([name, { summary }]) => completion_quoted(`${name}:${summary}`));
    return `#compdef dotcloud-push
# Completion of dotcloud-push for zsh: save it as _dotcloud-push in a directory of $fpath.
_dotcloud_push_first() {
  local -a commands=(
    ${described.join('\n    ')}
  )
  _alternative 'commands:command:{_describe command commands}' 'files:source:_files'
}
_dotcloud_push_second() {
  if [[ $words[2] == completion ]]; then _values shell ${shells.join(' ')}; else _files; fi
}
_dotcloud_push() {
  _arguments \\
    ${[...specs, `'1:command or source:_dotcloud_push_first'`, `'2:source:_dotcloud_push_second'`].join(' \\\n    ')}
}
if [[ $funcstack[1] == _dotcloud-push ]]; then _dotcloud_push "$@"; else compdef _dotcloud_push dotcloud-push; fi
`;
}
function fish() {
    const option = (row) => {
        const value = { nothing: '', flag: '', value: ' -x', path: ' -r' }[row.takes];
        const choices = row.takes === 'value' && row.choices.length > 0 ? ` -a ${completion_quoted(row.choices.join(' '))}` : '';
        const short = row.short === undefined ? '' : ` -s ${row.short}`;
        return `complete -c dotcloud-push -l ${row.name}${short}${value}${choices} -d ${completion_quoted(brief(row))}`;
    };
    const command = ([name, { summary }]) => `complete -c dotcloud-push -n __fish_use_subcommand -a ${name} -d ${completion_quoted(summary)}`;
    return `# Completion of dotcloud-push for fish: save it as ~/.config/fish/completions/dotcloud-push.fish
${Object.entries(commands).map(command).join('\n')}
complete -c dotcloud-push -n '__fish_seen_subcommand_from completion' -f -a ${completion_quoted(shells.join(' '))}
${options.map(option).join('\n')}
`;
}

;// CONCATENATED MODULE: ./build/cli/demo.js



/** Runs the repository's demo, which in a checkout lies beside dist/, where `program` is; resolves with its exit code. */
async function runDemo(program, runner, signal, home = '/') {
    const script = (0,external_node_path_.resolve)((0,external_node_fs_.realpathSync)(program), '../../../script/demo');
    if (!(0,external_node_fs_.existsSync)(script)) {
        throw new PushError('input', 'The demo is not here: it is a script of the repository.', 'Get it: git clone --depth 1 https://github.com/org/dotcloud-push && dotcloud-push/script/demo');
    }
    const show = (line) => void process.stdout.write(`${line}\n`);
    const command = { label: 'demo', file: script, args: [], env: { HOME: home } };
    const { code } = await runner.run(command, { signal, stdout: show, stderr: show });
    return code ?? 1;
}

;// CONCATENATED MODULE: ./build/system/progress.js
/** Milliseconds between two lines of progress in a log. */
const interval = 10_000;
/** Shows progress as a line every ten seconds, so that quick work shows none. */
function seldom(clock, show) {
    let last = clock.now();
    return ({ percent, detail }) => {
        const now = clock.now();
        if (now - last < interval)
            return;
        last = now;
        show(`${percent}% (${detail})`);
    };
}

;// CONCATENATED MODULE: ./build/cli/progress.js

const width = 30;
/** A bar on the terminal, drawn over itself; the next line of the log clears it. */
function drawBar({ percent, detail }) {
    const done = Math.round((Math.min(percent, 100) / 100) * width);
    process.stderr.write(`\r\u001b[K[${'#'.repeat(done)}${' '.repeat(width - done)}] ${percent}% ${safeLine(detail)}\r`);
}

;// CONCATENATED MODULE: ./build/cli/log.js






/** Clears what a progress bar left on the line, on a terminal only. */
const clear = process.stderr.isTTY ? '\u001b[K' : '';
function say(text) {
    process.stderr.write(`${clear}${text}\n`);
}
/** The log on standard error: standard output is for the report. */
function createLog(level, bar, { yellow, dim }) {
    const nothing = () => undefined;
    const unlessQuiet = (show) => (level === 'quiet' ? nothing : show);
    const showProgress = process.stderr.isTTY ? drawBar : seldom(clock, (line) => say(safeLine(line)));
    return {
        group: unlessQuiet((title) => say(`==> ${title}`)),
        endGroup: nothing,
        info: unlessQuiet((text) => say(safeText(text))),
        debug: level === 'debug' ? (text) => say(dim(safeText(text))) : nothing,
        command: unlessQuiet(({ file, args }) => say(dim(safeLine(`$ ${quoteAll([file, ...args])}`)))),
        remote: unlessQuiet(capped((line) => say(`${dim('│')} ${safeLine(line)}`))),
        warning: (text) => say(`${yellow('warning:')} ${safeText(text)}`),
        notice: unlessQuiet((text) => say(safeText(text))),
        progress: bar ? showProgress : nothing,
    };
}
/** The end of a run, in a line or three. */
function log_tell(report, palette) {
    const color = { deployed: palette.green, unchanged: palette.green, skipped: palette.yellow, planned: palette.green };
    const paint = report.result === 'failed' ? palette.red : color[report.result];
    say(`==> ${paint(safeLine(headline(report)))}`);
    if (report.failure !== undefined)
        tellFailure(report.failure, palette);
}
function tellFailure({ cause, evidence, next, stack }, { red }) {
    say(red(safeLine(cause)));
    for (const text of [evidence, next, stack ?? ''])
        if (text !== '')
            say(safeText(text));
}

;// CONCATENATED MODULE: ./build/cli/manual.js



const meanings = {
    input: 'a value that cannot be accepted, a missing file or program here',
    unsafe: 'refused for safety',
    key: 'the key cannot be used',
    'host-key': 'the host key is not pinned, or another one than pinned',
    auth: 'the server does not accept our key',
    connect: 'no connection',
    timeout: 'it took too long to connect, to answer, or in all',
    transfer: 'the transfer was cut or rejected',
    space: 'the disk of the server is full',
    'remote-setup': 'a program, a repository or a permission is missing there',
    deploy: 'the deploy command failed',
    'unknown-state': 'the connection was lost while the deploy command ran',
    bug: 'a bug of dotcloud-push',
    cancelled: 'SIGINT, SIGTERM or SIGHUP',
};
const environment = [
    [
        'DOTCLOUD_PUSH_…',
        'An input that no option sets: its name in capitals, with _ for -, such as DOTCLOUD_PUSH_SSH_KEY.',
    ],
    ['GITHUB_REF, CI_COMMIT_BRANCH, BRANCH_NAME', 'The branch; without them, the one that is checked out.'],
    ['GITHUB_SHA, CI_COMMIT_SHA', 'The commit, where no repository tells it.'],
    ['RUNNER_TEMP, TMPDIR', 'Where the private folder of a run is made; it is removed at the end.'],
    ['RUNNER_DEBUG', 'With 1, the same as --debug.'],
    ['NO_COLOR', 'Not empty: the same as --no-color.'],
];
const manual_files = [
    [
        configFile,
        'Inputs, in the current directory, or in the source when that lies elsewhere. Options and variables win over it. It may only say what to push and where to.',
    ],
    ['.dotcloudignore', 'In the source: patterns that rsync leaves out.'],
];
const examples = [
    [
        'dotcloud-push plan ./site --app site --destination web@example.com:www/site --ssh-key-file ~/.ssh/deploy --known-hosts-file ~/.ssh/known_hosts',
        'Shows what a push of ./site would change there.',
    ],
    ['dotcloud-push', `Pushes the current directory, as ${configFile} and variables say.`],
    ['dotcloud-push doctor --json | jq .doctor', 'Has the findings as JSON.'],
    ['source <(dotcloud-push completion bash)', 'Completes commands and options in this shell.'],
];
/** The page of --help, made for so many columns. */
function formatManual(columns) {
    const width = Math.min(Math.max(columns, 40), 100);
    const entry = (head, text, margin = 4) => [' '.repeat(margin) + head, ...wrap(text, width, margin + 4)].join('\n');
    const groups = [...new Set(options.map(({ group }) => group))];
    const inGroup = (group) => options.filter((row) => row.group === group).map((row) => entry(...optionEntry(row), 6));
    const sections = [
        [
            'NAME',
            wrap('dotcloud-push - push a directory over SSH by git, hg or rsync, and run the deploy command', width, 4),
        ],
        ['SYNOPSIS', Object.entries(commands).map(([name, { operand }]) => `    ${synopsis(name, operand)}`)],
        [
            'DESCRIPTION',
            wrap('Pushes SOURCE, the current directory by default, to an SSH destination whose host key is pinned. The log goes to standard error, reports to standard output. A SOURCE that is called like a command is written ./plan.', width, 4),
        ],
        ['COMMANDS', Object.entries(commands).map(([name, { summary }]) => entry(name, `${capital(summary)}.`))],
        ['OPTIONS', groups.map((group) => `    ${group}\n${inGroup(group).join('\n')}`)],
        ['ENVIRONMENT', environment.map(([name, text]) => entry(name, text))],
        ['FILES', manual_files.map(([name, text]) => entry(name, text))],
        [
            'EXIT STATUS',
            ['    0    done, or nothing to do', ...Object.keys(errorClasses).map((name) => manual_status(name))],
        ],
        ['EXAMPLES', examples.map(([line, text]) => entry(line, text))],
    ];
    const pages = sections.map(([title, lines]) => `${title}\n${lines.join(title === 'OPTIONS' ? '\n\n' : '\n')}`);
    return `${pages.join('\n\n')}\n\nhttps://github.com/org/dotcloud-push/blob/main/docs/cli.md\n`;
}
const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
function synopsis(name, operand) {
    const takesOptions = operand === '[SOURCE]' ? '[OPTION]...' : '';
    return ['dotcloud-push', name === 'push' ? '[push]' : name, takesOptions, operand]
        .filter((part) => part !== '')
        .join(' ');
}
function manual_status(name) {
    return `    ${String(errorClasses[name]).padEnd(4)} ${name}: ${meanings[name]}`;
}
function optionEntry({ name, short, takes, description, default: standard, list }) {
    const value = { nothing: '', value: ' VALUE', path: ' PATH', flag: ' [true|false]' }[takes];
    const more = list ? ' Given twice, it makes two lines.' : '';
    const usual = standard === '' ? '' : ` Default: ${standard}`;
    return [
        `${short === undefined ? '' : `-${short}, `}--${name}${value}`,
        `${description.replace(/^true or false\. /, '')}${more}${usual}`,
    ];
}
/** Text in lines that fit, each after a margin; a word is never cut. */
function wrap(text, width, margin) {
    const lines = [];
    for (const word of text.split(' ')) {
        const last = lines.at(-1);
        if (last !== undefined && margin + last.length + 1 + word.length <= width)
            lines.splice(-1, 1, `${last} ${word}`);
        else
            lines.push(word);
    }
    return lines.map((line) => ' '.repeat(margin) + line);
}

;// CONCATENATED MODULE: ./build/cli/pages.js





/** What a push would do, as the page that `plan` prints: every file, and what would stop it. */
function plannedPage(report, palette) {
    if (report.result !== 'planned')
        return [];
    const { app, destination, method, reason, guards } = report;
    const paint = { deleted: palette.red, changed: palette.yellow, added: palette.green };
    return [
        safeLine(`${app} to ${destination} by ${method === '' ? 'the plan' : `${method}: ${reason}`}`),
        ...pages_revisions(report),
        ...report_sortChanges(report.changes).map(({ kind, path }) => paint[kind](safeLine(`${report_signs[kind]} ${path}`))),
        safeLine(totals(report)),
        ...commandsOf(report).map((command) => safeLine(`Then: ${command}`)),
        ...guards.map((guard) => palette.red(safeLine(`The push would be refused: ${guard}`))),
    ];
}
function pages_revisions({ revision, previousRevision, commits, commitCount }) {
    if (revision === '')
        return [];
    const short = (id) => id.slice(0, 12);
    const before = previousRevision === '' || previousRevision === revision ? '' : `${short(previousRevision)} → `;
    const listed = commits.slice(0, 10).map(({ id, subject }) => safeLine(`  ${short(id)} ${subject}`));
    const more = commitCount > listed.length && listed.length > 0 ? [`  … and ${commitCount - listed.length} more`] : [];
    return [safeLine(`Revision ${before}${short(revision)}`), ...listed, ...more];
}
function totals(report) {
    const { changed, deleted } = report_countChanges(report);
    if (changed === 0 && deleted === 0)
        return 'A push would change no file.';
    const size = report.bytesToSend === undefined ? '' : `, ${formatSize(report.bytesToSend)} to send`;
    return `${summary_countOf(changed, 'file')} to change or add, ${deleted} to delete${size}.`;
}
function commandsOf({ plan }) {
    const { data } = JSON.parse(plan || '{"data":[]}');
    return data.flatMap(([verb, command]) => (verb === 'call' ? [String(command)] : []));
}
/** The doctor's findings; for a quiet reader those that ask for something. */
function examinationLines(examination, quiet, palette) {
    const lines = quiet ? finding_asking(examination.findings).flatMap(finding_formatFinding) : formatExamination(examination);
    const paint = { ok: palette.green, warning: palette.yellow, fault: palette.red, skipped: palette.dim };
    return lines.map((line) => safeLine(line).replace(/^(?:ok|warning|fault|skipped)(?= )/, (verdict) => paint[verdict](verdict)));
}

;// CONCATENATED MODULE: ./build/cli/palette.js
function createPalette(colored) {
    const paint = (code) => (text) => (colored && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text);
    return { red: paint(31), yellow: paint(33), green: paint(32), dim: paint(2) };
}
/** Colours are for a terminal that has them, and for a reader who wants them: https://no-color.org */
function wantsColor(stream, env, argv) {
    return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb' && !argv.includes('--no-color');
}

;// CONCATENATED MODULE: ./build/cli/main.js




















const { env } = process;
/** The workspace is where the command is run; a source elsewhere is a workspace of its own. */
function locate(source) {
    const here = (0,external_node_fs_.realpathSync)('.');
    const wanted = (0,external_node_path_.resolve)(source);
    if (isInside(here, wanted))
        return { workspace: here, source };
    const isDirectory = (0,external_node_fs_.statSync)(wanted, { throwIfNoEntry: false })?.isDirectory() ?? true;
    return isDirectory ? { workspace: wanted, source: '.' } : { workspace: (0,external_node_path_.dirname)(wanted), source: (0,external_node_path_.basename)(wanted) };
}
function readContext(workspace) {
    const branch = env['CI_COMMIT_BRANCH'] ?? env['BRANCH_NAME'];
    return {
        workspace,
        temp: (0,external_node_fs_.realpathSync)(env['RUNNER_TEMP'] || (0,external_node_os_namespaceObject.tmpdir)()),
        ref: env['GITHUB_REF'] ?? (branch === undefined ? undefined : `refs/heads/${branch}`),
        headBranch: env['GITHUB_HEAD_REF'] || undefined,
        sha: env['GITHUB_SHA'] ?? env['CI_COMMIT_SHA'],
        event: trustedEvent,
        platform: process.platform,
        path: cleanPath(env['PATH'] ?? '', workspace),
        proxies: proxyVariables(env),
    };
}
async function act({ command, given, quiet }, host, palette) {
    if (command === 'doctor') {
        const examination = await examine(given, host);
        return {
            report: examination.report,
            json: examinationJson(examination),
            lines: examinationLines(examination, quiet, palette),
        };
    }
    const report = await push_push(command === 'plan' ? { ...given, 'dry-run': 'true' } : given, host);
    return { report, json: toJson(report), lines: command === 'plan' && !quiet ? plannedPage(report, palette) : [] };
}
async function run(invocation) {
    const { command, given, json, quiet, debug } = invocation;
    const { workspace, source } = locate(given.source ?? '.');
    const context = readContext(workspace);
    // A plan and a visit of the doctor are told when they are complete.
    const level = debug ? 'debug' : quiet || command !== 'push' ? 'quiet' : 'normal';
    const colors = createPalette(wantsColor(process.stderr, env, process.argv));
    const host = {
        context,
        runner: createRunner(env, context.workspace),
        log: createLog(level, !quiet, colors),
        clock: clock,
        signal: cancelOnSignals(),
        // The session removes its own folder; there is no later step to do it.
        remember: () => undefined,
    };
    const located = given.source === undefined ? given : { ...given, source };
    const palette = createPalette(wantsColor(process.stdout, env, process.argv));
    const outcome = await act({ ...invocation, given: located }, host, palette);
    const { report, lines } = outcome;
    for (const line of json ? [JSON.stringify(outcome.json)] : lines)
        process.stdout.write(`${line}\n`);
    if (command !== 'doctor' && (command !== 'plan' || lines.length === 0))
        log_tell(report, colors);
    process.exitCode = report.failure === undefined ? 0 : errorClasses[report.failure.errorClass];
}
async function main() {
    keepHeapSmall();
    // A reader such as head may have enough before the end.
    process.stdout.on('error', () => undefined);
    const manual = () => formatManual(process.stdout.isTTY ? process.stdout.columns : 80);
    const invocation = readArguments(process.argv, env, (path) => (0,external_node_fs_.readFileSync)(path, 'utf8'), manual);
    if (invocation.shell !== undefined)
        process.stdout.write(completionScript(invocation.shell));
    else if (invocation.command !== 'demo')
        await run(invocation);
    else {
        const [, program = ''] = process.argv;
        const runner = createRunner(env, (0,external_node_fs_.realpathSync)('.'));
        process.exitCode = await runDemo(program, runner, cancelOnSignals(), env['HOME']);
    }
}
main().catch((error) => {
    const failure = explain(error);
    tellFailure(failure, createPalette(wantsColor(process.stderr, env, process.argv)));
    process.exitCode = errorClasses[failure.errorClass];
});

