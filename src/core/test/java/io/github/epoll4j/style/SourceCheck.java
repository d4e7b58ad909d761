package io.github.epoll4j.style;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.RawTextTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExportsTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.ModuleTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Checks names, first sentences and comments of a module's main sources, as the JDK's compiler parses them. */
final class SourceCheck {
    static final int LONGEST_SENTENCE = 24;

    private static final Pattern LITERAL_OR_COMMENT = Pattern.compile(
            "(?s)\"\"\".*?\"\"\"|\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\"|'(?:[^'\\\\\n]|\\\\.)++'"
                    + "|(?<comment>//[^\n]*|/\\*.*?\\*/)");
    private static final Pattern CAMEL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_");
    /** Stands for code in a sentence: one word, whatever the code. */
    private static final String CODE = "`code`";

    private final List<WordList.Word> names;
    private final List<WordList.Word> openings;
    private final List<WordList.Word> sentences;
    private final List<WordList.Word> comments;

    SourceCheck(WordList words) {
        names = words.words("names");
        openings = words.words("openings");
        sentences = words.words("sentences");
        comments = words.words("comments");
    }

    /**
     * A breach of the style.
     *
     * @param file    the source file
     * @param line    its line, from 1
     * @param message what is wrong, and the better word
     */
    record Violation(Path file, long line, String message) {
        @Override
        public String toString() {
            return file + ":" + line + ": " + message;
        }
    }

    /**
     * Returns the violations of all Java files below a folder.
     *
     * @param module the folder of a module's main sources, with its {@code module-info.java}
     */
    List<Violation> violations(Path module) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Path> files;
        try (Stream<Path> walked = Files.walk(module)) {
            files = walked.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
        List<Violation> found = new ArrayList<>();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null,
                    manager.getJavaFileObjectsFromPaths(files));
            List<CompilationUnitTree> units = new ArrayList<>();
            task.parse().forEach(units::add);
            Set<String> exported = exported(units);
            for (CompilationUnitTree unit : units) {
                FileScan scan = new FileScan(unit, DocTrees.instance(task), found);
                scan.scan(unit, isExported(unit, exported));
                scan.checkComments();
            }
        }
        return found;
    }

    private static Set<String> exported(List<CompilationUnitTree> units) {
        Set<String> packages = new HashSet<>();
        for (CompilationUnitTree unit : units) {
            if (unit.getModule() != null) {
                unit.getModule().getDirectives().stream().filter(ExportsTree.class::isInstance)
                        .map(directive -> ((ExportsTree) directive).getPackageName().toString())
                        .forEach(packages::add);
            }
        }
        return packages;
    }

    private static boolean isExported(CompilationUnitTree unit, Set<String> exported) {
        return unit.getPackageName() != null && exported.contains(unit.getPackageName().toString());
    }

    /** Returns a sentence as text, with {@code CODE} in place of each piece of code. */
    private static String text(List<? extends DocTree> trees) {
        return trees.stream().map(tree -> switch (tree) {
            case TextTree text -> text.getBody();
            case RawTextTree markdown -> markdown.getContent().replaceAll("`[^`]+`", CODE);
            case LinkTree link -> link.getLabel().isEmpty() ? CODE : text(link.getLabel());
            case ReturnTree returned -> "Returns " + text(returned.getDescription());
            default -> switch (tree.getKind()) {
                case START_ELEMENT, END_ELEMENT, COMMENT -> "";
                case ENTITY -> " ";
                default -> CODE;
            };
        }).collect(Collectors.joining());
    }

    /** Visits the declarations of one file; the parameter says whether what encloses a declaration is exported. */
    private final class FileScan extends TreePathScanner<Void, Boolean> {
        private final CompilationUnitTree unit;
        private final DocTrees trees;
        private final List<Violation> found;
        private final Path file;

        FileScan(CompilationUnitTree unit, DocTrees trees, List<Violation> found) {
            this.unit = unit;
            this.trees = trees;
            this.found = found;
            file = Path.of(unit.getSourceFile().toUri());
        }

        @Override
        public Void visitModule(ModuleTree tree, Boolean exported) {
            checkSentence();
            return null;
        }

        @Override
        public Void visitPackage(PackageTree tree, Boolean exported) {
            checkSentence();
            return null;
        }

        @Override
        public Void visitClass(ClassTree tree, Boolean exported) {
            boolean visible = isVisible(tree.getModifiers(), exported);
            if (visible) {
                checkName(tree, tree.getSimpleName().toString());
            }
            checkSentence();
            scan(tree.getMembers(), visible);
            return null;
        }

        @Override
        public Void visitMethod(MethodTree tree, Boolean exported) {
            if (isVisible(tree.getModifiers(), exported)) {
                checkName(tree, tree.getName().toString());
                tree.getParameters().forEach(parameter -> checkName(parameter, parameter.getName().toString()));
            }
            checkSentence();
            return null;
        }

        @Override
        public Void visitVariable(VariableTree tree, Boolean exported) {
            if (isVisible(tree.getModifiers(), exported)) {
                checkName(tree, tree.getName().toString());
            }
            checkSentence();
            return null;
        }

        private boolean isVisible(ModifiersTree modifiers, boolean exported) {
            Tree parent = getCurrentPath().getParentPath().getLeaf();
            boolean isMember = switch (parent.getKind()) {
                case INTERFACE, ANNOTATION_TYPE -> !modifiers.getFlags().contains(Modifier.PRIVATE);
                // a component of a record stands in the tree as a field that is not static
                case RECORD -> getCurrentPath().getLeaf() instanceof VariableTree
                        && !modifiers.getFlags().contains(Modifier.STATIC);
                default -> false;
            };
            return exported && (isMember || modifiers.getFlags().contains(Modifier.PUBLIC)
                    || modifiers.getFlags().contains(Modifier.PROTECTED));
        }

        private void checkName(Tree tree, String name) {
            String words = CAMEL.matcher(name).replaceAll(" ");
            for (WordList.Word word : names) {
                Matcher match = word.pattern().matcher(words);
                if (match.find()) {
                    add(trees.getSourcePositions().getStartPosition(unit, tree),
                            "the name " + name + " has " + word.message(match));
                    return;
                }
            }
        }

        private void checkSentence() {
            DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
            if (comment == null || comment.getFirstSentence().isEmpty()) {
                return;
            }
            List<? extends DocTree> first = comment.getFirstSentence();
            long position = trees.getSourcePositions().getStartPosition(unit, comment, first.getFirst());
            String sentence = text(first).strip().replaceAll("\\s+", " ");
            long length = Stream.of(sentence.split(" "))
                    .filter(word -> word.chars().anyMatch(Character::isLetterOrDigit)).count();
            if (length > LONGEST_SENTENCE) {
                add(position, "the first sentence has " + length + " words, more than " + LONGEST_SENTENCE);
            }
            for (WordList.Word word : openings) {
                Matcher match = word.pattern().matcher(sentence);
                if (match.lookingAt()) {
                    add(position, "the first sentence begins with " + word.message(match));
                    return;
                }
            }
            for (WordList.Word word : sentences) {
                Matcher match = word.pattern().matcher(sentence);
                if (match.find()) {
                    add(position, "the first sentence has " + word.message(match));
                    return;
                }
            }
        }

        void checkComments() {
            String text = commentsOnly();
            for (WordList.Word word : comments) {
                Matcher match = word.pattern().matcher(text);
                while (match.find()) {
                    add(match.start(), "a comment has " + word.message(match));
                }
            }
        }

        /** Returns the file's text with blanks for all but the words of comments, so that offsets stay. */
        private String commentsOnly() {
            try {
                String source = unit.getSourceFile().getCharContent(true).toString();
                StringBuilder blank = new StringBuilder(source.replaceAll("[^\n]", " "));
                LITERAL_OR_COMMENT.matcher(source).results().filter(match -> match.group("comment") != null)
                        .forEach(match -> blank.replace(match.start(), match.end(), withoutMarks(match)));
                return blank.toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String withoutMarks(MatchResult comment) {
            return comment.group().replaceAll("[*/]", " ");
        }

        private void add(long position, String message) {
            found.add(new Violation(file, unit.getLineMap().getLineNumber(position), message));
        }
    }
}
