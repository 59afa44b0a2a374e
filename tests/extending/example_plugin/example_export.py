"""An export format: flights as tracks of GPX 1.1, which navigation programs read."""

from xml.sax.saxutils import quoteattr

from itnt_core.exports import ExportOptions, layer_frames


class Gpx:
    """A track for each aerial user; what can be chosen of other formats changes nothing here."""

    title = "GPX"
    suffix = ".gpx"
    media_type = "application/gpx+xml"
    takes = frozenset()
    shows_answer = True

    def write(self, source, options):
        """Return the file: heights in metres above ground, moments in UTC."""
        positions = layer_frames(source, ExportOptions(layers=("positions",)))["positions"]
        tracks = [f"<trk><trkseg>{self.points(rows)}</trkseg></trk>" for _, rows in positions.groupby("id")]
        head = f"<gpx xmlns='http://www.topografix.com/GPX/1/1' version='1.1' creator={quoteattr('ITNT Studio')}>"
        return f"{head}{''.join(tracks)}</gpx>".encode()

    def points(self, rows):
        """Return the points of one track."""
        return "".join(
            f"<trkpt lat='{place.y:.9f}' lon='{place.x:.9f}'><ele>{place.z:.3f}</ele>"
            f"<time>{moment:%Y-%m-%dT%H:%M:%S}Z</time></trkpt>"
            for place, moment in zip(rows.geometry, rows.time, strict=True)
        )


GPX = Gpx()
