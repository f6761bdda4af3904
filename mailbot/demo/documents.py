"""Small Word documents and statistics tables, as a clerk would attach them."""

from collections.abc import Mapping, Sequence

from mailbot.campaign.forms import FormSpec
from mailbot.model import FieldValue
from mailbot.outbox.blankform.workbook import write_blank_form
from mailbot.report.spotcheck import docx


def write_docx(paragraphs: Sequence[str], table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document of paragraphs, the table (rows of cells) after the first one."""
    blocks: list[docx.Paragraph | docx.Table] = [docx.Paragraph(text) for text in paragraphs]
    if table:
        blocks.insert(1, docx.Table(table))
    return docx.write_docx(blocks)


def write_form(spec: FormSpec, values: Mapping[str, str | int | float]) -> bytes:
    """The office's own blank form, filled in."""
    fields = {key: FieldValue(value, str(value), "") for key, value in values.items()}
    return write_blank_form(spec, fields=fields)


def plan(unit: str) -> bytes:
    """A drill plan with all that such a plan contains."""
    return write_docx(
        [
            f"{unit}危险化学品泄漏事故应急演练方案",
            "一、演练目的和要求：检验应急预案，提高多部门协同处置能力。",
            "二、事故情景：模拟某企业储罐区甲醇泄漏并引发火灾，3名员工受伤被困。",
            "三、演练时间：2017年6月22日上午9时；演练地点：产业集聚区甲醇储罐区。",
            "四、参演单位和人员：安监、公安、消防、环保、卫生等部门及企业，共126人。",
            "五、组织机构及职责：成立演练领导小组，下设现场指挥部，明确总指挥和各组分工。",
            "六、演练步骤：接警响应、先期处置、力量调动、伤员救治、洗消恢复、点评。",
            "七、保障措施：落实车辆、物资器材、通信和医疗保障。",
            "八、评估与总结：演练结束后现场讲评，七日内完成书面评估。",
        ]
    )


def summary(unit: str) -> bytes:
    """An evaluation summary that names problems and improvements."""
    return write_docx(
        [
            f"{unit}应急演练评估总结",
            "一、基本情况：2017年6月22日在产业集聚区开展多部门联动综合应急演练一次。",
            "二、时间地点及参演单位：9个部门、2家企业，参演人数126人。",
            "三、演练过程：按方案实施了接警、响应、处置、救治和恢复五个阶段。",
            "四、演练效果评估：指挥顺畅、协同有序，达到了预期目的。",
            "五、存在的问题：个别队员对空气呼吸器操作不熟练，信息报送用时偏长。",
            "六、改进措施和建议：下一步组织专项训练，修订信息报送流程。",
            "七、结论：本次演练总体良好。",
        ]
    )
