"""The metrics of many offices on one page, each with the label `office`."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from mailbot.clock import Clock
from mailbot.monitoring.collector import OfficeCollector, of_process
from mailbot.settings.types import Settings


class FleetCollector(Collector):
    """Those of the program once, and every office's own. When a server's certificate ends is left
    to `mailbot doctor`: two hundred servers are not asked for a page of figures."""

    def __init__(self, offices: Callable[[], Mapping[str, Settings]], clock: Clock) -> None:
        self._offices, self._clock = offices, clock

    def collect(self) -> Iterator[Metric]:
        """One family a name, with the samples of all offices."""
        yield from of_process()
        families: dict[str, Metric] = {}
        for office, settings in sorted(self._offices().items()):
            for metric in OfficeCollector(settings, self._clock, dict).of_office():
                family = families.setdefault(
                    metric.name, Metric(metric.name, metric.documentation, metric.type)
                )
                for sample in metric.samples:
                    family.add_sample(
                        sample.name, {**sample.labels, "office": office}, sample.value
                    )
        yield from families.values()
