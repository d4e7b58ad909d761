package io.github.epoll4j.style;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The committed list of refused words, {@code .style/words.txt}, by section. */
final class WordList {
    private static final Pattern SEPARATOR = Pattern.compile("\\s+\\|\\s+");

    /** Bounded, since a look-behind has to be. */
    private static final String BLANKS = "\\s{1,200}";

    private final Map<String, List<String>> lines = new LinkedHashMap<>();

    private WordList() {
    }

    /**
     * A refused word.
     *
     * @param pattern matches the whole word
     * @param better  what to write instead
     */
    record Word(Pattern pattern, String better) {
        /** Returns the end of a message about a match. */
        String message(Matcher match) {
            return '"' + match.group().replaceAll("\\s+", " ") + "\"; better: " + better;
        }
    }

    /** Reads the list. */
    static WordList parse(String text) {
        WordList list = new WordList();
        List<String> section = null;
        for (String line : text.lines().filter(each -> !each.isBlank() && !each.startsWith("#")).toList()) {
            if (line.startsWith("[")) {
                section = new ArrayList<>();
                list.lines.put(line.substring(1, line.indexOf(']')), section);
            } else {
                section.add(line.strip());
            }
        }
        return list;
    }

    /** Returns the words of a section. */
    List<Word> words(String section) {
        return lines(section).stream().map(WordList::word).toList();
    }

    /** Returns the lines of a section. */
    List<String> lines(String section) {
        return lines.getOrDefault(section, List.of());
    }

    private static Word word(String line) {
        String[] columns = SEPARATOR.split(line);
        if (columns.length < 2 || columns.length > 3) {
            throw new IllegalArgumentException("not of the form word | better | note: " + line);
        }
        String regex = "\\b(?:" + columns[0].replace(" ", BLANKS) + ")\\b";
        Pattern pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
        return new Word(pattern, columns.length == 3 ? columns[1] + " (" + columns[2] + ")" : columns[1]);
    }
}
