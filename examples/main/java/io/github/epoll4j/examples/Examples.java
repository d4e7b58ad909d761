package io.github.epoll4j.examples;

import io.github.epoll4j.examples.chat.ChatClient;
import io.github.epoll4j.examples.chat.ChatCommand;
import io.github.epoll4j.examples.devices.Devices;
import io.github.epoll4j.examples.devices.DevicesClient;
import io.github.epoll4j.examples.echo.Echo;
import io.github.epoll4j.examples.echo.EchoClient;
import io.github.epoll4j.examples.echo.RawEcho;
import io.github.epoll4j.examples.echo.Stress;
import io.github.epoll4j.examples.game.GameClient;
import io.github.epoll4j.examples.game.GameCommand;
import io.github.epoll4j.examples.http.Http;
import io.github.epoll4j.examples.lab.LabCommand;
import io.github.epoll4j.examples.proxy.Proxy;
import io.github.epoll4j.examples.reverse.Reverse;
import io.github.epoll4j.examples.soak.Soak;
import io.github.epoll4j.examples.styles.BusyStyle;
import io.github.epoll4j.examples.styles.ChatStyle;
import io.github.epoll4j.examples.styles.ThreadStyle;
import io.github.epoll4j.examples.styles.TickStyle;
import io.github.epoll4j.examples.virtual.MultiTail;
import io.github.epoll4j.examples.virtual.VirtualEcho;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Spec;

/** The list of examples; {@code examples/run NAME} runs one. */
@Command(name = "examples/run", description = "Runs an example.%n",
        synopsisSubcommandLabel = "NAME",
        footer = "%nexamples/run NAME --help lists an example's options.")
public final class Examples implements Runnable {
    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();
    /** The headings of the list, each with the first example below it. */
    private static final Map<String, String> GROUPS = Map.of("first-program", "First steps", "echo", "Servers",
            "echo-client", "Clients", "lab", "Lab");

    static {
        COMMANDS.put("first-program", FirstProgram.class);
        COMMANDS.put("raw-echo", RawEcho.class);
        COMMANDS.put("reverse", Reverse.class);
        COMMANDS.put("style-chat", ChatStyle.class);
        COMMANDS.put("style-tick", TickStyle.class);
        COMMANDS.put("style-busy", BusyStyle.class);
        COMMANDS.put("style-thread", ThreadStyle.class);
        COMMANDS.put("echo", Echo.class);
        COMMANDS.put("vecho", VirtualEcho.class);
        COMMANDS.put("chat", ChatCommand.class);
        COMMANDS.put("proxy", Proxy.class);
        COMMANDS.put("http", Http.class);
        COMMANDS.put("devices", Devices.class);
        COMMANDS.put("game", GameCommand.class);
        COMMANDS.put("echo-client", EchoClient.class);
        COMMANDS.put("stress", Stress.class);
        COMMANDS.put("chat-client", ChatClient.class);
        COMMANDS.put("devices-client", DevicesClient.class);
        COMMANDS.put("game-client", GameClient.class);
        COMMANDS.put("multitail", MultiTail.class);
        COMMANDS.put("lab", LabCommand.class);
        COMMANDS.put("soak", Soak.class);
    }

    @Spec
    private CommandSpec spec;

    private Examples() {
    }

    /**
     * Runs an example.
     *
     * @param args its name and options; none lists the examples
     */
    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT); // the programs' own numbers, in every locale
        Thread.ofPlatform().daemon().name("link").start(Linking::run);
        int status = commandLine(args).execute(args);
        // a server that a signal stops has left its loop by now; the signal's own status stands
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Returns the parser for the example that is named, or for all: it inspects each class, which slows a start. */
    static CommandLine commandLine(String[] args) {
        CommandLine commandLine = new CommandLine(new Examples());
        Class<?> named = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (named != null) {
            commandLine.addSubcommand(named);
        } else {
            COMMANDS.values().forEach(commandLine::addSubcommand);
        }
        commandLine.getSubcommands().values().forEach(Examples::addHelp);
        commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, Examples::list);
        addHelp(commandLine);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Examples::explain)
                .setExecutionExceptionHandler(Examples::report);
        String terminal = System.getenv("TERM");
        if (terminal == null || terminal.equals("dumb")) {
            commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        }
        return commandLine;
    }

    /** Returns the list of examples in groups: a line for each, with the first sentence of its description. */
    private static String list(CommandLine.Help help) {
        StringBuilder list = new StringBuilder();
        int width = COMMANDS.keySet().stream().mapToInt(String::length).max().orElseThrow();
        help.subcommands().forEach((name, each) -> {
            if (GROUPS.containsKey(name)) {
                list.append(String.format("%n%s:%n", GROUPS.get(name)));
            }
            String first = each.commandSpec().usageMessage().description()[0].split("\\.( |%n|$)")[0];
            list.append(String.format("  %-" + width + "s  %s%n", name, first));
        });
        return list.toString();
    }

    private static void addHelp(CommandLine commandLine) {
        commandLine.getCommandSpec().mixinStandardHelpOptions(false)
                .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help").usageHelp(true)
                        .description("Show this help and exit.").build());
    }

    /** Prints a line that says what is wrong, and one that says where the options are explained. */
    private static int explain(CommandLine.ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        boolean isName = args.length > 0 && !args[0].startsWith("-") && !COMMANDS.containsKey(args[0]);
        err.println(isName ? "there is no example " + args[0] : e.getMessage());
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        err.println(isName ? command + " lists the examples" : command + " --help lists the options");
        return CommandLine.ExitCode.USAGE;
    }

    /** Prints one line for a failure of the system, and rethrows a fault of the program. */
    private static int report(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) throws Exception {
        if (e instanceof IOException || e instanceof UnsupportedOperationException) {
            PrintWriter err = commandLine.getErr();
            err.println(e.getMessage());
            return 1;
        }
        throw e;
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
