"""What judgement finds, in English."""

from collections.abc import Mapping

FINDINGS: Mapping[str, str] = {
    "{title} 第{number}行": "{title} row {number}",
    "未见该表": "no such table",
    "{count}行": "{count} row(s)",
    "、": ", ",
    "不少于{minimum}行": "at least {minimum} row(s)",
    "“{heading}”各栏下应填写不少于{minimum}行，收到的为{met}。请补充填写后重新报送": (
        "At least {minimum} row(s) are wanted under “{heading}”; what came has {met}. Please add the rest and send it again"
    ),
    "“{label}”未填写": "“{label}” is empty",
    "请填写{label}": "Please fill in {label}",
    "“{label}”读为“{raw}”，把握不足": "“{label}” reads as “{raw}”, which is not certain",
    "已转请人工核对": "A person will look at it",
    "“{label}”填写为“{raw}”，不符合填写要求": "“{label}” says “{raw}”, which is not what belongs there",
    "请核对{label}后重新报送": "Please check {label} and send it again",
    "请填写以下之一：{names}": "Please write one of: {names}",
    "未填写": "empty",
    "{where}：{wrong}。{fix}": "{where}: {wrong}. {fix}",
    "整数": "a whole number",
    "以万元计的数字": "an amount in units of ten thousand",
    "完整的年月日": "a full date",
    "电话号码": "a telephone number",
    "单位名称": "the unit's name",
    "姓名": "a name",
    "文字": "text",
    "百分数": "a percentage",
    "所列选项之一": "one of the choices",
    "数字": "a number",
    "18位公民身份号码": "an 18-digit identity number",
    "请填写阿拉伯数字，如12，没有的填0": "Please write figures, such as 12; 0 where there is none",
    "请填写以万元计的数字，如3.5，没有的填0": (
        "Please write an amount in units of ten thousand, such as 3.5; 0 where there is none"
    ),
    "请按年月日填写，如2017年7月3日": "Please write day, month and year, such as 3 July 2017",
    "请填写手机号码或带区号的固定电话": (
        "Please write a mobile number, or a telephone number with its area code"
    ),
    "请填写填报单位全称": "Please write the reporting unit's full name",
    "请填写填表人姓名": "Please write the name of who filled it in",
    "请填写文字": "Please write some words",
    "请填写带百分号的数字，如95%": "Please write a number with a percent sign, such as 95%",
    "请从所列选项中选填一项": "Please choose one of the choices",
    "请填写阿拉伯数字": "Please write figures",
    "请核对公民身份号码，共18位，末位可为X": (
        "Please check the identity number: 18 characters, the last may be X"
    ),
    "用阿拉伯数字写成一个整数，如12，没有的填0": "a whole number in figures, such as 12; 0 where there is none",
    "用阿拉伯数字以万元计，如3.5，没有的填0": (
        "in figures, in units of ten thousand, such as 3.5; 0 where there is none"
    ),
    "未见可识别的表格栏目": "no column of the form was recognised",
    "未能从文件中读出《{title}》的栏目。请在所附空白表上填写后重新报送": (
        "The columns of “{title}” could not be read from the file. Please fill in the blank form enclosed and send it again"
    ),
    "未填写的空表": "an empty form",
    "填写完整的统计表": "the form, filled in",
    "统计表": "Form",
    "《{title}》各栏均未填写。请填写完整后重新报送": (
        "No column of “{title}” is filled in. Please fill it in and send it again"
    ),
    "。": ". ",
    "．": ".",
    "{shown}未填写": "{shown} is empty",
    "表中未见{shown}一栏": "{shown} is not in the form",
    "{shown}填写为“{raw}”，未填写内容": "{shown} says “{raw}”, which states nothing",
    "{shown}有不一致的内容“{raw}”": "{shown} is stated differently in two places: “{raw}”",
    "请只保留本单位的一张统计表，并核对该项": "Please keep one form of your own unit only, and check this item",
    "未能识别": " could not be read",
    "识别为“{raw}”，把握不足": " reads as “{raw}”, which is not certain",
    "已转请人工核对；请同时报送可编辑的统计表": (
        "A person will look at it; please also send the form as an editable file"
    ),
    "其计量单位与该栏不符或不能识别": "which counts something else than its heading, or in a unit that is not known",
    "不能确定以元计还是以万元计": "it is not certain in which unit it is counted",
    "不是确定的数": "which is not an exact number",
    "{shown}填写为“{raw}”，{doubtful}": "{shown} says “{raw}”, {doubtful}",
    "请填写准确数字，{get}": "Please write the exact number: {get}",
    "用阿拉伯数字": "in figures",
    "{shown}填写为“{raw}”，应为{wanted}": "{shown} says “{raw}”, where {wanted} belongs",
    "{shown}填写为“{raw}”，不应为负数": "{shown} says “{raw}”, which should not be below zero",
    "以下之一：{names}": "one of: {names}",
    "{where}：": "{where}: ",
    "。{fix}": ". {fix}",
    "{place}{actual}，{words}。{fix}": "{place}{actual}: {words}. {fix}",
    "＋": " + ",
    "各项之和为{added}＝{known:.10g}，{stated}": (
        "the parts add up to {added} = {known:.10g}, {stated}"
    ),
    "已填各项之和为{added}＝{known:.10g}": "the parts stated add up to {added} = {known:.10g}",
    "（{names}未填写），": " ({names} empty), ",
    "{label}未填写": "{label} is empty",
    "{stated}，{stated2}": "{stated}, {stated2}",
    "{year}年{month}月{day}日": "{day} {month_name} {year}",
    "{label}为{strip}，邮件于{arrived}到达": "{label} is {strip}, the mail came on {arrived}",
    "文件格式不能显示印章": "the format cannot show a seal",
    "未见印章": "no seal seen",
    "等": " and others",
    "文件内有{count}个单位的统计表（{named}）": "The file has the forms of {count} units ({named})",
    "须由工作人员核对。请每个单位单独报送一份统计表": (
        "a person must look at it. Please send one form for each unit by itself"
    ),
    "按“{title}”表核验，其余各表不计入": "the table “{title}” is judged, the others do not count",
    "一份统计表": "one form",
    "{actual}，{words}": "{actual}, {words}",
    "，也可能是未能识别。已转请人工核对；请同时报送可编辑的统计表": (
        ", or it could not be recognised. A person will look at it; please also send the form as an editable file"
    ),
    "能够辨认的栏目和数字": "columns and figures that can be recognised",
    "{where}：识别为“{words}”，未能对应到栏目。已转请人工核对；请同时报送可编辑的统计表": (
        "{where}: reads as “{words}”, which belongs to no known column. A person will look at it; please also send the form as an editable file"
    ),
    "{actual}，可能识别有误。已转请人工核对；请同时报送可编辑的统计表": (
        "{actual}, which may be misread. A person will look at it; please also send the form as an editable file"
    ),
    "文档中的一部分": "a part of the document",
    "未知格式的文件": "a file of unknown format",
    "文件内容": "content",
    "不完整的文件": "an incomplete file",
    "已损坏的文件": "a damaged file",
    "异常膨胀的文件": "a file that swells without end",
    "设有密码的文件": "a file with a password",
    "空文件": "an empty file",
    "过大的文件": "a file that is too large",
    "没有画面的文件": "a file without pictures",
    "未正常结束保存的文件": "a file whose recording was not finished",
    "检查中断的文件": "a file whose examination broke off",
    "检查超时的文件": "a file whose examination took too long",
    "暂不能读取的格式": "a format that cannot be read here",
    "分卷不全的压缩包": "an archive with a volume missing",
    "含有异常路径的压缩包": "an archive with unsafe paths",
    "超出处理限度的文件": "a file beyond our limits",
    "有异常的文件": "an irregular file",
    "缺少“{detail}”的压缩包": "an archive without “{detail}”",
    "{met}（{detail}）": "{met} ({detail})",
    "该文件为{met}，已转请人工查看。": "This file is {met}. A person will look at it.",
    "扩展名.{extension}、内容为{format_name}的文件": (
        "a file with the extension .{extension} whose content is {format_name}"
    ),
    "文件名": "file name",
    "相机RAW原始格式": "camera RAW",
    "无法识别的内容": "unrecognised content",
    "大于": "more than ",
    "不低于": "at least ",
    "未见拍摄日期的文件": "a file without the date it was taken",
    "拍摄日期": "date taken",
    "，或": " or ",
    "，且": " and ",
    "{size_1}像素×{size_2}像素": "{size_1}×{size_2} pixels",
    "{operator_words}{width}像素×{height}像素": "{operator_words}{width}×{height} pixels",
    "分辨率": "resolution",
    "文件格式": "file format",
    "文件大小": "file size",
    "{shown}秒": "{shown} s",
    "时长": "length",
    "日期": "a date",
    "规定的写法": "the form that is laid down",
    "文件名含": "a file name with ",
    "{taken}拍摄的文件": "a file taken on {taken}",
    "{words}字": "{words} word(s)",
    "字": " word(s)",
    "字数": "number of words",
    "{pages}页": "{pages} page(s)",
    "页": " page(s)",
    "页数": "pages",
    "{first}至{to}拍摄": "taken from {first} to {to}",
    "{low}至{high}{unit}": "{low} to {high}{unit}",
    "不少于{low}{unit}": "at least {low}{unit}",
    "不超过{high}{unit}": "at most {high}{unit}",
    "（{size}字节）": " ({size} bytes)",
    "，收到的为{actual}": "; what came is {actual}",
    "{words}{met}。{fix}": "{words}{met}. {fix}",
    "全文": "whole text",
    "{count}份": "{count}",
    "不超过{maximum}份": "at most {maximum}",
    "{label}已收到{count}份，规定不超过{maximum}份。请在来信中写明以哪几份为准；不写明的，由我办从中选用。": (
        "{label}: {count} came, at most {maximum} are wanted. Please say by mail which of them count; otherwise we choose."
    ),
    "经工作人员核对，该文件不符合要求": "A person looked at this file, and it does not meet what was asked",
    "经工作人员核对，不予采用": "looked at by a person and not accepted",
    "{reason}。请按上述意见更正后重新报送。": "{reason}. Please put this right and send it again.",
    "发件人来信撤回": "taken back by its sender",
    "发件人来信要求撤回该文件，现暂停采用。如需更换，请直接报送新的文件。": (
        "Its sender asked to take this file back, and it does not count for now. To replace it, simply send the new file."
    ),
    "未填写的模板": "a template that was not filled in",
    "未见{names}等内容的文档": "a document without {names}",
    "未见{name}方面的内容": "nothing on {name}",
    "未见{name}方面的内容。{fix}": "Nothing was found on {name}. {fix}",
    "快捷方式，不是文件本身": "a shortcut, not the file itself",
    "请找到{name}原文件，以附件方式发送该文件。": (
        "Please find the file {name} that it points to, and attach that."
    ),
    "程序文件，不是报送材料": "a program, not material",
    "请直接发送材料的原文件（文档、照片或视频），不要发送程序。": (
        "Please send the material's own file (document, photo or video), not a program."
    ),
    "光盘映像文件，不能直接核验": "a disc image, which cannot be examined",
    "请打开映像，取出其中的文档、照片或视频，以附件方式发送。": (
        "Please open the image, take the document, photo or video out of it, and attach that."
    ),
    "，": ", ",
    "您发来的是{what}。{advice}": "What you sent is {what}. {advice}",
    "扫描件": "a scan",
    "不属于报送材料的文档": "a document that is no material",
    "未能辨认的文档": "a document that was not recognised",
    "第{number}行起": "from line {number}",
    "{characters}字": "{characters} characters",
    "报送单位本级名称": "the unit's own name",
    "填报单位为“{raw}”，系下属部门或所属单位，须由工作人员核对是否代表本级单位": (
        "The reporting unit is “{raw}”, a part of the unit; a person must see whether it speaks for the whole"
    ),
    "填报单位为“{raw}”，与报送单位不一致，须由工作人员核对": (
        "The reporting unit is “{raw}”, another one than the sender's; a person must look at it"
    ),
    "图片": "a picture",
    "已转请人工核对；请核对该单元格，并重新报送清晰无误的统计表": (
        "A person will look at it; please check this cell, and send a form again that leaves no doubt"
    ),
    "空": "empty",
    "“{label}”经我办核对，由“{former}”更正为“{text}”。如有异议，请来信说明，并报送更正后的统计表": (
        "“{label}”: this office has compared it and corrected “{former}” to “{text}”. If you object, please write to us and send the corrected form"
    ),
    "{shown}该单元格是公式，文件中没有保存计算结果，请用Excel或WPS打开、保存后重新报送": (
        "{shown} is a formula whose result was not saved; please open the file in Excel or WPS, save it and send it again"
    ),
    "{shown}的内容“{stored}”已全部划去": "{shown}: “{stored}” is struck out",
    "{shown}的内容“{stored}”在屏幕上看不见": "{shown}: “{stored}” cannot be seen on the screen",
    "{shown}读为“{raw}”，其中可能有已划去或删除的内容": (
        "{shown} reads as “{raw}”, part of which may be struck out or deleted"
    ),
    "{shown}读为“{raw}”，其中可能有注释的序号": (
        "{shown} reads as “{raw}”, part of which may be the mark of a note"
    ),
    "{shown}读为“{raw}”，该单元格内另有表格，其中也有数字": (
        "{shown} reads as “{raw}”, and another table in the same cell has figures, too"
    ),
    "{shown}读为“{raw}”，其中有不能识别的符号": (
        "{shown} reads as “{raw}”, with a sign in it that is not known"
    ),
    "{shown}读为“{raw}”，其中可能有隐藏的内容": "{shown} reads as “{raw}”, part of which may be hidden",
    "{shown}保存的是“{raw}”，其数字格式不能识别，显示的内容可能不同": (
        "{shown} holds “{raw}” under a number format that is not known; it may be shown differently"
    ),
    "{shown}该单元格是公式，保存的结果“{raw}”可能不是最新": (
        "{shown} is a formula, whose saved result “{raw}” may be out of date"
    ),
    "{shown}读为“{raw}”，两次读取的结果不一致": "{shown} reads as “{raw}”, and differently the second time",
    "{shown}在打印区域内为“{raw}”，区域外另有不同的内容": (
        "{shown} is “{raw}” within the print area, and something else outside it"
    ),
    "{shown}读为“{raw}”，该单元格在打印区域之外": (
        "{shown} reads as “{raw}”, in a cell outside the print area"
    ),
    "{shown}显示为{raw}，单元格中保存的是“{stored}”": (
        "{shown} is shown as {raw}, while the cell holds “{stored}”"
    ),
    "{shown}在折叠的分组内，按展开后的内容“{raw}”读取": (
        "{shown} stands in a collapsed group, and was read as “{raw}”"
    ),
    "请核对；如无误，无需重新报送": "Please check it; if it is right, it need not be sent again",
    "{shown}读为“{raw}”，不能确定与打开文件时所见一致": (
        "{shown} reads as “{raw}”, and it is not certain that this is what one sees"
    ),
    "{label}{number}": "{label} {number}",
    "{length}至{length2}": "{length} to {length2}",
    "不少于{length}": "at least {length}",
    "不超过{length}": "at most {length}",
    "{minutes}分钟": "{minutes} min",
    "{seconds}秒": "{seconds} s",
    "日程邀请": "an invitation",
    "电子名片": "a contact card",
    "数字签名": "a digital signature",
    "加密或签名文件": "an encrypted or signed file",
    "矢量图形": "a vector drawing",
    "图标": "an icon",
    "打开文档时生成的临时文件": "a temporary file made while a document is open",
    "请找到{name}原文件，在本机打开确认后，以附件方式发送。": (
        "Please find the file {name} itself, open it on your computer to make sure, and attach that."
    ),
    "{instead}，不是文件本身": "{instead}, not the file itself",
    "解压后超出可处理总量的文件": "a file beyond what may be unpacked in all",
    "（{quota}）": " ({quota})",
    "该文件解压后超出可处理的总量{counted}，超出部分未解压、未核验。原邮件已完整保存，并转请人工查看。请去掉与本次报送无关的文件，分成几封邮件（必要时分几天）重新发送；照片、视频请直接作为附件，不要放入压缩包。": (
        "Unpacked, this file is more than may be taken in{counted}; what is beyond was not unpacked or examined. The mail is kept whole and will be looked at by a person. Please leave out what was not asked for and send several mails (over some days if need be); photos and videos as attachments of their own, not in an archive."
    ),
    "来信报送统计表，未见统计表文件，该图片可能是统计表的照片，未能读出。已转请人工查看；请同时报送可编辑的统计表（.xlsx、.xls、.docx或.doc）。": (
        "The mail announces the form, and no form file came; this picture may be a photo of it, which could not be read. A person will look at it; please also send the form as an editable file (.xlsx, .xls, .docx or .doc)."
    ),
    "{shown}为“{raw}”，列宽不够，屏幕上可能显示为“####”": (
        "{shown} is “{raw}” in a column too narrow for it, which the screen may show as “####”"
    ),
    "{shown}读为“{raw}”，该单元格设有条件格式，屏幕上可能显示不同": (
        "{shown} reads as “{raw}” under a conditional format, which the screen may show differently"
    ),
    "{shown}读为“{raw}”，该单元格被图片、文本框等遮住": (
        "{shown} reads as “{raw}” behind a picture, a text box or the like"
    ),
    "{shown}读为“{raw}”，文件中该单元格另有不同的内容": (
        "{shown} reads as “{raw}”, and the file has this cell twice, with different contents"
    ),
    "{shown}读为“{raw}”，该单元格的格式不能识别，屏幕上可能显示不同": (
        "{shown} reads as “{raw}” in a cell format that is not known; the screen may show it"
        " otherwise"
    ),
    "{shown}读为“{raw}”，该工作表设为显示公式，屏幕上显示不同": (
        "{shown} reads as “{raw}” on a sheet that is set to show formulas instead of results"
    ),
}
