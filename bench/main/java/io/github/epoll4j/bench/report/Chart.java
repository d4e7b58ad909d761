package io.github.epoll4j.bench.report;

import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.svg.SVGGraphics2D;

/**
 * A chart that is to be a file.
 *
 * @param section the part of the report in which it stands
 * @param name    its name, without an ending
 * @param chart   the chart
 * @param width   of the picture, in pixels
 * @param height  of the picture
 */
record Chart(String section, String name, JFreeChart chart, int width, int height) {
    static final int WIDTH = 1000;
    static final int HEIGHT = 600;
    /** The PNG has so many pixels for each. */
    static final int SCALE = 2;

    /** Gives the title. */
    String title() {
        return chart.getTitle().getText();
    }

    /** Writes it as SVG and as PNG. */
    void write(Path folder) throws IOException {
        SVGGraphics2D svg = new SVGGraphics2D(width, height);
        svg.setDefsKeyPrefix(name.replaceAll("[^a-z0-9]", "") + "_");
        chart.draw(svg, new Rectangle2D.Double(0, 0, width, height));
        Files.writeString(folder.resolve(name + ".svg"), svg.getSVGDocument());
        try (var out = Files.newOutputStream(folder.resolve(name + ".png"))) {
            ChartUtils.writeScaledChartAsPNG(out, chart, width, height, SCALE, SCALE);
        }
    }
}
